"""Calls the shared operations, and keeps for each what was called, answered, checked and wrong."""

import dataclasses

from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException

import client as sdk
from pairs import paired


class Failed(Exception):
    """The rest of a chapter makes no sense."""


@dataclasses.dataclass
class Row:
    """What became of one operation."""

    operation: object
    method: str
    request_class: str
    statuses: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)


class Run:
    """The operations that the client and the description share."""

    def __init__(self, own, client, operations):
        self.sdk, self.client = own, client
        self.broken = []
        found = paired(own, operations)
        self.rows = {operation.id: Row(operation, *method) for operation, method in found if method}
        self.only_described = [operation for operation, method in found if not method]
        self.only_in_sdk = sum(map(len, own.methods().values())) - len({row.method for row in self.rows.values()})

    def request(self, name, parameters, body):
        """The SDK's request."""
        row = self.rows[name]
        # The project is the client's: the SDK puts it into the path.
        own = {parameter: value for parameter, value in parameters.items() if parameter != "project_id"}
        return self.sdk.request(row.request_class, own, body, row.notes)

    def call(self, name, parameters, body=None):
        """Calls an operation, and gives the SDK's response. Its status has to be a documented one, and the SDK has to
        read the response as it was sent."""
        row = self.rows[name]
        try:
            response = sdk.call(self.client, row.method, self.request(name, parameters, body))
            wrong, differs = sdk.misread(response)
        except Exception as error:  # Whatever it is, the operation has not succeeded.
            self._fault(row, f"{type(error).__name__}: {error}")
            raise Failed(name) from error
        if response.status_code not in row.statuses:
            row.statuses.append(response.status_code)
        if response.status_code not in row.operation.statuses:
            self._fault(row, f"status {response.status_code} is not documented")
        if response.status_code in row.operation.with_body and not response.raw_content.strip():
            self._fault(row, f"status {response.status_code} without a body")
        for fault in wrong:
            self._fault(row, fault)
        row.notes.extend(differs)
        return response

    def refused(self, name, wanted, parameters):
        """Calls an operation that has to be refused as documented."""
        try:
            sdk.call(self.client, self.rows[name].method, self.request(name, parameters, None))
            got = "success"
        except ServiceResponseException as error:
            got = f"{error.status_code} {error.error_code}"
        except SdkException as error:
            got = str(error)
        self.check(name, f"{wanted} for what does not exist", got == wanted, got)

    def check(self, name, what, good, got=None):
        """Notes what holds, or a fault."""
        row = self.rows[name]
        if good:
            if what not in row.checks:
                row.checks.append(what)
        else:
            self._fault(row, f"not so: {what}" + ("" if got is None else f" (but: {got})"))

    def chapter(self, title, tell, *what):
        """Tells a part of the story. Faults are in the rows; what could not be called shows there too."""
        try:
            tell(*what)
        except Failed as error:
            self.broken.append(f"{title}: not told to its end, because of {error}")
        except Exception as error:  # A response without what the story needs next.
            self.broken.append(f"{title}: {type(error).__name__}: {error}")

    @staticmethod
    def _fault(row, text):
        if text not in row.faults:
            row.faults.append(text)
