"""Logs without readers in them: no address, no path, no question; counts and codes only."""

from __future__ import annotations

import logging.config


def configure_logging() -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # uvicorn's access log names addresses; its error log repeats start and stop that the command line says better.
                "uvicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
                "uvicorn.error": {"level": "WARNING"},
            },
        }
    )
