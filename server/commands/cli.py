"""The command line `kunnafoni`: each command reads the settings, calls one use case and prints the result.

Errors are printed as sentences on stderr, with exit status 1. A command's module is imported when the command runs.
"""

from __future__ import annotations

import sys

import click

from server.commands.command_index import CommandTarget, LazyGroup
from server.commands.logging_setup import configure_logging
from server.commands.terminal import terminal_language
from server.program import VERSION
from sync.errors import BadFolder, KunnafoniError

KEY_COMMANDS = {
    "new": CommandTarget(
        "server.commands.feedback:new",
        "Make the sealing key and its recovery copy; both files belong away from the server, in two places.",
    ),
    "recover": CommandTarget(
        "server.commands.feedback:recover",
        "Replace a lost sealing key; the recovery copy stays the same and still opens everything.",
    ),
    "rotate": CommandTarget(
        "server.commands.publish:rotate",
        "Begin the next epoch with the next-*.pem kept offline, and publish every channel under it.",
    ),
}


@click.group(cls=LazyGroup, targets=KEY_COMMANDS)
def keys() -> None:
    """The keys that sign editions."""


COMMANDS = {
    "serve": CommandTarget(
        "server.commands.serve:serve_command", "Serve the site; an empty store takes content/ and publishes it first."
    ),
    "import": CommandTarget(
        "server.commands.content:import_", "Import content files into the store: all of them or none."
    ),
    "export": CommandTarget(
        "server.commands.content:export",
        "Write every document of the store as content files; equivalent files are left as they are.",
    ),
    "sources": CommandTarget(
        "server.commands.sources:sources",
        "Count the sources of a content folder; with --check, ask whether each page is still there.",
    ),
    "publish": CommandTarget(
        "server.commands.publish:publish",
        "Publish the documents in the store, after showing the size of the downloads.",
    ),
    "account": CommandTarget("server.commands.account:account", "The accounts of the console."),
    "keys": CommandTarget("server.commands.cli:keys", "The keys that sign editions."),
    "doctor": CommandTarget(
        "server.commands.maintenance:doctor_command",
        "Check the running server, store, keys, disk, clock, publications, push contact, media and hubs.",
    ),
    "copy": CommandTarget(
        "server.commands.maintenance:copy_command", "Copy one store into another, empty one; both are store addresses."
    ),
    "backup": CommandTarget(
        "server.commands.maintenance:backup_command",
        "Write the whole site and its keys into one file encrypted with a passphrase.",
    ),
    "restore": CommandTarget(
        "server.commands.maintenance:restore_command", "Fill an empty store and key folder from a backup."
    ),
    "drill": CommandTarget(
        "server.commands.maintenance:drill_command",
        "Restore a backup into an empty, temporary place, examine it, and say what it took.",
    ),
    "alert": CommandTarget("server.commands.alert:alert", "Alerts to phones."),
    "notice": CommandTarget("server.commands.notice:notice", "Notices of fact-checks."),
    "hub": CommandTarget(
        "server.commands.hub:hub",
        "Village hubs: computers with a copy of the site that send submissions whenever there is a connection.",
    ),
    "feedback": CommandTarget("server.commands.feedback:feedback", "Submissions: export them, open sealed ones."),
    "bundle": CommandTarget("server.commands.feedback:bundle", "Bundles: submissions transported in a file."),
    "pack": CommandTarget(
        "server.commands.pack:pack", "Packs: pages handed on as files, from phone to phone or by memory card."
    ),
    "print": CommandTarget(
        "server.commands.print_pages:print_command",
        "Write pages as PDF files: guides, notices, complaint paths, a booklet and a poster.",
    ),
    "device": CommandTarget("server.commands.feedback:device", "Phones of facilitators."),
}


@click.group(cls=LazyGroup, targets=COMMANDS)
@click.version_option(VERSION, prog_name="kunnafoni", message="%(prog)s %(version)s")
def commands() -> None:
    """Kunnafoni: guides, notices and complaint help that cheap phones keep offline."""


def main() -> None:
    """Run a command; errors become sentences on stderr and exit status 1."""
    configure_logging()
    language = terminal_language()
    try:
        commands.main(standalone_mode=False)
    except BadFolder as error:
        for file_error in error.errors:
            click.echo(f"{file_error.path}:{file_error.line}: {file_error.text(language)}", err=True)
        sys.exit(1)
    except KunnafoniError as error:
        click.echo(error.text(language), err=True)
        sys.exit(1)
    except OSError as error:
        if not error.filename:
            raise
        click.echo(language("« {path} » ne s’ouvre pas, ou pas en écriture.", path=error.filename), err=True)
        click.echo(language("Regardez le dossier et ses droits."), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
