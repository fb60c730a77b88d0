"""What a user does with a service. Every operation is called once, with what the simulated cloud says that it can be called
with, each on an instance of its own; of each resource that is made, listed and deleted, that is so."""

import json
import urllib.request

from description import PAGE

# What is special about each service: `refused` are operations with the status and the code for an instance that is not
# there; `listed_with` what lists have to be asked, by resource; `one` resources of which there is one a day, so that one that
# is made again takes the place of the one before.
SERVICES = {
    "dcs": {
        "refused": {"ShowInstance": "404 DCS.3022", "DeleteSingleInstance": "404 DCS.3022"},
        "listed_with": {"template": {"type": "user"}},
        "one": {"run-log"},
    },
    "rds": {
        "refused": {"DeleteInstance": "404 DBS.200002", "StopInstance": "404 DBS.200002"},
        "listed_with": {},
        "one": set(),
    },
}


def found(value, path):
    """What stands at a path whose steps have dots between them."""
    for step in path.split("."):
        value = value[step] if value else None
    return value


def links(value):
    """All links in a response, at any depth."""
    if isinstance(value, list):
        return [link for item in value for link in links(item)]
    if not isinstance(value, dict):
        return []
    return [inner for name, item in value.items() for inner in ([item] if name == "link" else links(item))]


class Story:
    """`fixtures` are the requests that the simulated cloud gave out, in the order in which they make sense."""

    def __init__(self, run, fixtures, address, special):
        self.run, self.address, self.special = run, address, special
        self.fixtures = {fixture["operation"]: fixture for fixture in fixtures}
        # The operations of each resource by what they do, the first of each.
        self.resources = {}
        for name, row in run.rows.items():
            if row.operation.resource:
                resource, verb = row.operation.resource.split("#")
                self.resources.setdefault(resource, {}).setdefault(verb, name)

    def tell(self):
        shared = [name for name in self.fixtures if name in self.run.rows]
        for name in shared:
            self.run.chapter(name, self.operation, name)
        for resource in self.resources:
            self.run.chapter(resource, self.contract, resource)
        self.run.chapter("refusals", self.refusals)

    def call(self, name, body=None, **values):
        """Calls an operation with its fixture, of which some values are others, and gives the JSON of the response."""
        fixture = self.fixtures[name]
        known = {parameter: value for parameter, value in values.items() if parameter in self.parameters(name)}
        body = body or fixture.get("body")
        text = self.run.call(name, {**fixture["parameters"], **known}, body).raw_content
        return json.loads(text) if text.strip() else None

    def parameters(self, name):
        return self.run.rows[name].operation.parameters

    def operation(self, name):
        for link in links(self.call(name)):
            self.run.check(name, "leads to files", self.leads_to_file(link), link)

    def leads_to_file(self, link):
        """Whether a link leads to a file of the simulated cloud. It needs no proof of identity."""
        if not link.startswith(self.address):
            return False
        with urllib.request.urlopen(link, timeout=30) as response:
            return bool(response.read())

    def contract(self, resource):
        verbs = self.resources[resource]
        create, show, update, delete = map(verbs.get, ("create", "show", "update", "delete"))
        if show and update:
            self.updated(show, update)
        if not create or "list" not in verbs:
            return
        about = dict(self.fixtures[create]["parameters"])
        before = self.listed(resource, about)
        self.made(resource, create, about)
        new = [item for item in self.listed(resource, about) if resource in self.special["one"] or item not in before]
        self.run.check(create, "one more is listed", len(new) == 1, new)
        if not delete or not self.last(delete) or not new:
            return
        self.call(delete, **about, **{self.last(delete): new[0]})
        self.run.wait(delete, "the one deleted is gone", lambda: new[0] not in self.listed(resource, about))

    def made(self, resource, create, about):
        """Makes one, and waits until work on all is done. Another one may be under way, since each is made once already."""
        self.run.wait(create, "nothing is under way", lambda: self.is_still(resource, about))
        body = self.fixtures[create].get("body")
        if body and "name" in body:
            body = {**body, "name": f"{body['name']}-again"}
        response = self.call(create, body)
        self.run.wait(create, "is done in the end", lambda: self.is_still(resource, about))
        link = self.run.rows[create].operation.finished
        if link and link["operationId"] in self.run.rows and not any(self.run.states(resource)):
            self.finished(create, link, response)

    def finished(self, begins, link, response):
        """Waits until the operation that tells of the work says that it is done."""
        tells = self.run.rows[link["operationId"]].operation
        sources = {name: source for name, source in link["parameters"].items() if source.startswith("$response.body#/")}
        values = {name: found(response, source.rpartition("#/")[2].replace("/", ".")) for name, source in sources.items()}
        is_done = lambda: found(self.call(tells.id, **values), tells.waiter["field"]) in tells.waiter["done"]
        self.run.wait(begins, f"{tells.id} tells of the end", is_done)

    def is_still(self, resource, about):
        done, ended = self.run.states(resource)
        states = {item.get("status") for item in self.items(resource, about)}
        return not done or states <= done | ended

    def updated(self, show, update):
        about = {**self.fixtures[update]["parameters"], "limit": 100}
        body = self.fixtures[update]["body"]
        # One such change may be under way, since each is made once already.
        self.call(update, **about)
        shown = self.call(show, **about)
        for name, value in body.items():
            if shown and name in shown and not isinstance(value, (dict, list)):
                # Times are shown with or without seconds.
                good = str(shown[name]).startswith(str(value).removesuffix(":00"))
                self.run.check(update, f"{name} is shown", good, shown[name])

    def listed(self, resource, about):
        """The ids of all that a list has."""
        verbs = self.resources[resource]
        own = [self.last(verbs[verb]) for verb in ("delete", "show") if verb in verbs]
        names = [f"{resource.replace('-', '_')}_id", *filter(None, own), "id"]
        return [next(item[name] for name in names if name in item) for item in self.items(resource, about)]

    def items(self, resource, about):
        name = self.resources[resource]["list"]
        operation = self.run.rows[name].operation
        items, offset = [], 0 if operation.step == PAGE else 1
        while True:
            limit = {"limit": PAGE, "offset": offset, **self.special["listed_with"].get(resource, {})}
            page = found(self.call(name, **{**about, **limit}), operation.items) or []
            items.extend(page)
            if len(page) < PAGE or not operation.step:
                return items
            offset += operation.step

    def last(self, name):
        """The last parameter in the path of an operation, unless that is the instance of something else."""
        path = self.run.rows[name].operation.path
        last = path.rpartition("{")[2].partition("}")[0] if path.endswith("}") else None
        return None if last == "project_id" else last

    def refusals(self):
        for name, wanted in self.special["refused"].items():
            self.run.refused(name, wanted, self.fixtures[name]["parameters"] | {"instance_id": "none"})
