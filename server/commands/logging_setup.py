"""Logging without personal data: counts and error codes, no IP address, path or query."""

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
                # uvicorn's access log contains IP addresses; its error log repeats messages that `serve` prints.
                "uvicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
                "uvicorn.error": {"level": "WARNING"},
                "python_multipart": {"level": "ERROR"},  # it warns of every broken form, so anybody could fill the log
            },
        }
    )
