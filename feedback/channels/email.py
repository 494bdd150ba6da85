"""Mail to the person's own address, by the mail server of the instance (EMAIL_HOST)."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.channels.message import Message, NotNow, Refused
from feedback.channels.registry import ChannelKind
from feedback.models import Channel

NONE = "django.core.mail.backends.dummy.EmailBackend"


def is_set_up() -> bool:
    return settings.EMAIL_BACKEND != NONE


def deliver(_channel: Channel, message: Message) -> str:
    if not is_set_up():
        raise Refused(_("This server has no mail set up (EMAIL_HOST)."))
    if not message.address:
        raise Refused(_("This person has no e-mail address in their account."))
    host = urlsplit(settings.PUBLIC_URL).hostname
    mail = EmailMessage(
        subject=" ".join(message.subject.split()),
        body=f"{message.text}\n\n{message.url}\n",
        to=[message.address],
        headers={"Message-ID": f"<{message.id}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _give_up(min(codes, default=0), error)
    except smtplib.SMTPResponseException as error:
        _give_up(error.smtp_code, error)
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(_("the mail server cannot be reached")) from error
    return _("handed to the mail server")


def _give_up(code: int, error: Exception) -> None:
    """5yz is for good (RFC 5321, section 4.2.1)."""
    said = _("the mail server answered %(code)s") % {"code": code}
    if code >= 500:
        raise Refused(said) from error
    raise NotNow(said) from error


KIND = ChannelKind("email", gettext_lazy("E-mail"), deliver, personal=True)
