"""Command groups whose commands are imported when they run, so that help and a light command start at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """`address`: `module:attribute` of the command. `help`: the first sentence of its help, for the group's list."""

    address: str
    help: str

    def load(self) -> click.Command:
        module, _, attribute = self.address.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


class LazyGroup(click.Group):
    """A group of `targets` by command name."""

    def __init__(self, name: str | None, targets: Mapping[str, CommandTarget], **options: Any) -> None:
        super().__init__(name, _ImportedCommands(targets), **options)
        self.targets = targets

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.targets[name].help) for name in self.list_commands(ctx)])


class _ImportedCommands(MutableMapping[str, click.Command]):
    """The commands by name, each imported when it is first read."""

    def __init__(self, targets: Mapping[str, CommandTarget]) -> None:
        self._targets = dict(targets)
        self._commands: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            self._commands[name] = self._targets[name].load()
        return self._commands[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._targets.setdefault(name, CommandTarget("", command.get_short_help_str()))
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._targets[name]
        self._commands.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)
