"""What a user does with a service. Every operation is called once, with what the simulated cloud says that it can be called
with, each on an instance of its own."""

import json
import urllib.request

# The operations that have to be refused for an instance that is not there, with status and code, by service.
REFUSED = {
    "dcs": {"ShowInstance": "404 DCS.3022", "DeleteSingleInstance": "404 DCS.3022"},
    "rds": {"DeleteInstance": "404 DBS.200002", "StopInstance": "404 DBS.200002"},
}


def links(value):
    """All links in a response, at any depth."""
    if isinstance(value, str):
        return [value] if value.startswith(("http://", "https://")) else []
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [link for item in items for link in links(item)]


class Story:
    """`fixtures` are the requests that the simulated cloud gave out, in the order in which they make sense."""

    def __init__(self, run, fixtures, address, refused):
        self.run, self.address, self.refused = run, address, refused
        self.fixtures = {fixture["operation"]: fixture for fixture in fixtures}

    def tell(self):
        for name in self.fixtures:
            if name in self.run.rows:
                self.run.chapter(name, self.operation, name)
        self.run.chapter("refusals", self.refusals)

    def operation(self, name):
        fixture = self.fixtures[name]
        text = self.run.call(name, fixture["parameters"], fixture.get("body")).raw_content
        for link in links(json.loads(text) if text.strip() else None):
            self.run.check(name, "leads to files", self.leads_to_file(link), link)

    def leads_to_file(self, link):
        """Whether a link leads to a file of the simulated cloud. It needs no proof of identity."""
        if not link.startswith(self.address):
            return False
        with urllib.request.urlopen(link, timeout=30) as response:
            return bool(response.read())

    def refusals(self):
        for name, wanted in self.refused.items():
            self.run.refused(name, wanted, self.fixtures[name]["parameters"] | {"instance_id": "none"})
