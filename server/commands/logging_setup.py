"""Logging without personal data: counts and error codes, no IP address, path or query. As text, or JSON by choice."""

from __future__ import annotations

import json
import logging.config
import time
from typing import Any

from server.web.request_number import current_request_number


class JsonFormatter(logging.Formatter):
    """One object a line: time (UTC), level, logger, message, and where there are any the request's number and error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := current_request_number():
            line["request"] = request
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


FORMATTERS: dict[str, dict[str, Any]] = {
    "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    "json": {"()": JsonFormatter},
}


def configure_logging(form: str = "text") -> None:
    """Log to stderr. `form`: a key of FORMATTERS."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": FORMATTERS,
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # uvicorn's access log contains IP addresses; its error log repeats messages that `serve` prints.
                "uvicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
                "uvicorn.error": {"level": "WARNING"},
                "python_multipart": {"level": "ERROR"},  # it warns of every broken form, so anybody could fill the log
            },
        }
    )
