"""django-post_office over SQLite: every mail is stored, then sent in batches over kept lines."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

PORT, MAILS, CONNECTIONS = map(int, sys.argv[1:4])
PARAGRAPH = (
    "You opened another shop this spring. How do the two share their stock? I ask because the "
    "three ways that we see people go about it cost rather different amounts of work, "
)


def main() -> None:
    """Fill the queue, drain it, and print what the drain has cost."""
    folder = tempfile.TemporaryDirectory(prefix="post-office-")
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(folder.name) / "queue.db",
            }
        },
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=PORT,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        SECRET_KEY=PARAGRAPH,  # which is none
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "BATCH_SIZE": 500,
            "THREADS_PER_PROCESS": CONNECTIONS,
            "DEFAULT_PRIORITY": "medium",
            "LOG_LEVEL": 0,
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office import mail

    for number in range(MAILS):
        words = [f"{PARAGRAPH}Ana{number}."] * 8
        mail.send(
            f"lead{number}@firm.example",
            "Ana Ruiz <box0@seller.example>",
            subject=f"The stock of Firm {number}",
            message="\n\n".join(words),
            html_message="\n".join(f"<p>{each}</p>" for each in words),
        )
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    mail.send_queued_mail_until_done(processes=1)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s}))


main()
