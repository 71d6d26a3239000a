"""Phones of facilitators: enrolment by a printed code, revocation."""
