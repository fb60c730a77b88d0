"""Calls the shared operations, and keeps for each what was called, answered, checked and wrong."""

import dataclasses
import time

from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException

import client as sdk

# How long something asynchronous may take, and between looks at it, in seconds.
PATIENCE = 30
PAUSE = 0.25


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
    """`answers_only` leaves out what only a cloud with state can answer; such checks are then counted as left out."""

    def __init__(self, client, operations, answers_only=False):
        self.client = client
        self.answers_only = answers_only
        self.left_out = 0
        self.broken = []
        methods = sdk.methods()
        self.rows = {
            operation.id: Row(operation, *methods[operation.shape])
            for operation in operations
            if operation.shape in methods
        }
        self.only_described = [operation for operation in operations if operation.shape not in methods]
        self.only_in_sdk = len(methods) - len(self.rows)

    def request(self, operation_id, example=None, body=None, without=(), **values):
        """The SDK's request from the documented example, with `values` in place of its parameters, `body` in place
        of members of its body, and without what `without` names."""
        row = self.rows[operation_id]
        operation = row.operation
        parameters = {name: value for name, value in operation.parameters.items() if value is not None}
        parameters.update(values)
        # The project is the client's: the SDK puts it into the path.
        parameters.pop("project_id", None)
        whole = None
        if operation.bodies:
            whole = dict(operation.bodies[example] if example else self.example(operation_id))
            whole.update(body or {})
        for name in without:
            (whole if whole and name in whole else parameters).pop(name, None)
        return sdk.request(row.request_class, parameters, whole, row.notes)

    def example(self, operation_id):
        """The first documented body of an operation."""
        return next(iter(self.rows[operation_id].operation.bodies.values()))

    def call(self, operation_id, **how):
        """Calls an operation, and gives the SDK's answer. Its status has to be a documented one, and the SDK has to
        read the answer as it was sent."""
        row = self.rows[operation_id]
        try:
            answer = sdk.call(self.client, row.method, self.request(operation_id, **how))
            wrong, unknown = sdk.misread(answer)
        except Exception as error:  # Whatever it is, the operation has not succeeded.
            self._fault(row, f"{type(error).__name__}: {error}")
            raise Failed(operation_id) from error
        if answer.status_code not in row.statuses:
            row.statuses.append(answer.status_code)
        if answer.status_code not in row.operation.statuses:
            self._fault(row, f"status {answer.status_code} is not documented")
        if answer.status_code in row.operation.with_body and not answer.raw_content.strip():
            self._fault(row, f"status {answer.status_code} without a body")
        for fault in wrong:
            self._fault(row, fault)
        row.notes.extend(f"{name} in the answer is not in the SDK" for name in unknown)
        return answer

    def refused(self, operation_id, status, code, **how):
        """Calls an operation that has to be refused as documented."""
        if self.answers_only:
            self.left_out += 1
            return
        row = self.rows[operation_id]
        try:
            sdk.call(self.client, row.method, self.request(operation_id, **how))
            got = "success"
        except ServiceResponseException as error:
            got = f"{error.status_code} {error.error_code}"
        except SdkException as error:
            got = str(error)
        self.check(operation_id, f"{status} {code} for what does not exist", got == f"{status} {code}", got)

    def check(self, operation_id, what, good, got=None):
        """Notes what holds, or a fault."""
        row = self.rows[operation_id]
        if good:
            if what not in row.checks:
                row.checks.append(what)
        else:
            self._fault(row, f"not so: {what}" + ("" if got is None else f" (but: {got})"))

    def state(self, operation_id, what, good, got=None):
        """Notes what holds in a cloud that remembers."""
        if self.answers_only:
            self.left_out += 1
        else:
            self.check(operation_id, what, good, got)

    def wait(self, operation_id, what, done, remembered=False, **how):
        """Calls an operation until its answer is as it shall be, and gives that. What has been `remembered` by every
        simulated cloud is waited for when answers are all that is asked for, too."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.call(operation_id, **how)
            good = done(answer)
            if self.answers_only and not remembered:
                self.left_out += 1
                return answer
            if good:
                self.check(operation_id, what, True)
                return answer
            if time.monotonic() >= end:
                self.check(operation_id, what, False, f"after {PATIENCE} s: {answer}")
                raise Failed(operation_id)
            time.sleep(PAUSE)

    def chapter(self, tell):
        """Tells a part of the story. Faults are in the rows; what could not be called shows there too."""
        try:
            tell()
        except Failed as error:
            self.broken.append(f"{tell.__name__}: not told to its end, because of {error}")
        except Exception as error:  # An answer without what the story needs next.
            self.broken.append(f"{tell.__name__}: {type(error).__name__}: {error}")

    @staticmethod
    def _fault(row, text):
        if text not in row.faults:
            row.faults.append(text)
