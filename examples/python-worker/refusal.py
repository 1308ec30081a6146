"""Refusals, and what they look like over HTTP."""


class Refusal(Exception):
    def __init__(self, status, code, message, check=None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.check = check

    def for_peer(self):
        """A peer is told the code; which check failed is for our own report."""
        message = f"refused with {self.code}"
        return {"error": {"code": self.code, "message": message, "retryable": False}, "detail": message}

    def for_host(self):
        error = {"code": self.code, "message": str(self), "check": self.check}
        return {"error": error, "detail": str(self)}


def refusal_of(error, status):
    """The SDK's errors carry their wire code; anything else is a failure of our own."""
    if isinstance(error, Refusal):
        return error
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return Refusal(status, code, str(error))
    return Refusal(status, wire_code(str(error)), str(error))


def wire_code(message):
    """Some errors of the SDK have their code only at the head of the message."""
    head = message.split(":", 1)[0].strip()
    return head if head.isupper() and " " not in head else "INVALID_ENVELOPE"
