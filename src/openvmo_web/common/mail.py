"""Hands mails to the mail server, and says in words that help what went wrong when it does not take them.

An error names the server and what to do, never the password: it is stored with the job and written to the log.
"""

from __future__ import annotations

import smtplib
import ssl

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

# From here on the server says that trying again will not help.
PERMANENT = 500


class MailRefused(Exception):
    """The mail was not taken, and it will not be until somebody changes something."""


class MailUnreachable(OSError):
    """The mail was not taken this time; another attempt may succeed."""


def mail_send(message: EmailMessage) -> None:
    """Hand a mail to the mail server; when this returns, the server has taken it.

    Raises:
        MailRefused: the server does not take it: the password, the certificate or the address is wrong.
        MailUnreachable: the server cannot be reached or is busy.
    """
    # Of its own and closed in any case: after a failed sign-in Django leaves the connection open.
    message.connection = get_connection()
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as problem:
        raise MailRefused(
            _(
                "The mail server %(server)s refused the user name or the password (%(code)s). "
                "Correct them in OPENVMO_EMAIL_URL."
            )
            % {"server": _server(), "code": problem.smtp_code}
        ) from None
    except smtplib.SMTPRecipientsRefused as problem:
        raise _refused_recipients(problem) from None
    except smtplib.SMTPNotSupportedError:
        raise MailRefused(
            _("The mail server %(server)s offers no encryption or no sign-in, which OPENVMO_EMAIL_URL asks for.")
            % {"server": _server()}
        ) from None
    except smtplib.SMTPResponseException as problem:
        raise _answered(problem.smtp_code, problem.smtp_error) from None
    except ssl.SSLError as problem:
        raise MailRefused(
            _(
                "The encrypted connection to the mail server %(server)s failed: %(reason)s. Check that its certificate "
                "is valid for this name and trusted here, and that the port in OPENVMO_EMAIL_URL expects encryption."
            )
            % {"server": _server(), "reason": getattr(problem, "verify_message", "") or problem.reason or _("unknown")}
        ) from None
    except OSError as problem:
        raise MailUnreachable(
            _("The mail server %(server)s cannot be reached: %(reason)s. It is tried again.")
            % {"server": _server(), "reason": problem.strerror or problem}
        ) from None
    finally:
        message.connection.close()


def _server() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _refused_recipients(problem: smtplib.SMTPRecipientsRefused) -> Exception:
    address, (code, answer) = next(iter(problem.recipients.items()))
    if code < PERMANENT:
        return _answered(code, answer)
    return MailRefused(
        _("The mail server %(server)s does not take mail for %(address)s: %(code)s %(answer)s")
        % {"server": _server(), "address": address, "code": code, "answer": _text(answer)}
    )


def _answered(code: int, answer: bytes | str) -> Exception:
    words = _("The mail server %(server)s did not take the mail: %(code)s %(answer)s") % {
        "server": _server(),
        "code": code,
        "answer": _text(answer),
    }
    return MailRefused(words) if code >= PERMANENT else MailUnreachable(words)


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
