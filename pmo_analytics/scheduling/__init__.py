"""Runs by a timer: crontab lines and systemd units, their installation, the run itself and what it leaves."""
