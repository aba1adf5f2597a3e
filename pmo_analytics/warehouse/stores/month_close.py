"""The events of each month's close in the core lake."""

from __future__ import annotations

from pmo_analytics.contracts.month_close import CloseEvent
from pmo_analytics.warehouse.lakes import CLOSE_EVENT
from pmo_analytics.warehouse.stores.event_log import EventTable

CLOSES = EventTable("closes", CLOSE_EVENT, CloseEvent, named_by=CloseEvent.close_id)
