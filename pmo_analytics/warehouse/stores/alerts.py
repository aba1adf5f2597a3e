"""The events of alerts in the core lake."""

from __future__ import annotations

from pmo_analytics.contracts.alerts import AlertEvent
from pmo_analytics.warehouse.lakes import ALERT_EVENT
from pmo_analytics.warehouse.stores.event_log import EventTable

ALERTS = EventTable("alerts", ALERT_EVENT, AlertEvent, named_by=AlertEvent.alert_id)
