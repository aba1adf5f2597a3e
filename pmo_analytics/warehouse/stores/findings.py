"""The events of the audit's findings in the core lake."""

from __future__ import annotations

from pmo_analytics.contracts.findings import FindingEvent
from pmo_analytics.warehouse.lakes import FINDING_EVENT
from pmo_analytics.warehouse.stores.event_log import EventTable

FINDINGS = EventTable("findings", FINDING_EVENT, FindingEvent, named_by=FindingEvent.finding_id)
