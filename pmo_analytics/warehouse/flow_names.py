"""What statuses and resolutions mean for the flow of work: the organisation's word first, then Jira's usual names.

    [flow]
    in_progress = ["Build", "Waiting for release"]
    blocked = ["Parked"]
    cancelled = ["No longer wanted"]

A name is a status, among the cancelled also a resolution; case and blanks at
its ends do not count. Where `pmo.toml` is silent, the category that Jira's
export states goes before a name of the list below, but for waiting and
cancelled, which Jira's three categories do not know. What nothing maps stays
unmapped. The list holds Jira's own default names and common ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.workspace import Workspace

TO_DO, IN_PROGRESS, BLOCKED, DONE, CANCELLED = "to_do", "in_progress", "blocked", "done", "cancelled"
BY_SETTINGS, BY_JIRA, BY_NAME = "pmo.toml", "jira", "name"

# English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Russian, Japanese, Chinese.
_USUAL = {
    TO_DO: (
        "To Do", "Open", "New", "Backlog", "Reopened", "Selected for Development", "Ready", "Planned", "Created",
        "Zu erledigen", "Offen", "Neu", "À faire", "Ouvert", "Nouveau", "Por hacer", "Tareas por hacer", "Abierto",
        "Nuevo", "Da fare", "Da completare", "Aperto", "Nuovo", "Te doen", "Nieuw", "A fazer", "Tarefas pendentes",
        "Aberto", "Novo", "Do zrobienia", "Otwarte", "Nowe", "К выполнению", "Открыт", "未着手", "待办",
    ),
    IN_PROGRESS: (
        "In Progress", "In Development", "In Review", "Code Review", "In Test", "Testing", "In QA", "In Arbeit",
        "In Bearbeitung", "In Prüfung", "Im Test", "En cours", "En revue", "En curso", "En progreso", "En revisión",
        "In corso", "In revisione", "In uitvoering", "In behandeling", "Em andamento", "Em progresso", "Em revisão",
        "W toku", "W trakcie", "В работе", "進行中", "处理中", "正在进行",
    ),
    BLOCKED: (
        "Blocked", "On Hold", "Waiting", "Impeded", "Pending", "Waiting for customer", "Waiting for support",
        "Waiting for approval", "Blockiert", "Wartend", "Warten auf Kunden", "Zurückgestellt", "Bloqué",
        "En attente", "Bloqueado", "En espera", "Bloccato", "In attesa", "Geblokkeerd", "In de wacht", "Em espera",
        "Zablokowane", "Wstrzymane", "Oczekujące", "Заблокировано", "保留", "已阻塞",
    ),
    DONE: (
        "Done", "Closed", "Resolved", "Fixed", "Completed", "Released", "Fertig", "Erledigt", "Geschlossen", "Gelöst",
        "Terminé", "Terminé(e)", "Fermé", "Résolu", "Listo", "Hecho", "Finalizado", "Finalizada", "Cerrado",
        "Resuelto", "Fatto", "Completato", "Chiuso", "Risolto", "Gereed", "Gesloten", "Opgelost", "Concluído",
        "Itens concluídos", "Fechado", "Resolvido", "Gotowe", "Zamknięte", "Rozwiązane", "Готово", "Закрыт",
        "完了", "完成",
    ),
    CANCELLED: (
        "Cancelled", "Canceled", "Rejected", "Declined", "Abandoned", "Withdrawn", "Obsolete", "Won't Do", "Won't Fix",
        "Wont Fix", "Duplicate", "Cannot Reproduce", "Incomplete", "Not a bug", "Invalid", "Abgebrochen", "Abgelehnt",
        "Storniert", "Verworfen", "Duplikat", "Wird nicht erledigt", "Annulé", "Annulé(e)", "Rejeté", "Abandonné",
        "Doublon", "Cancelado", "Cancelada", "Rechazado", "Duplicado", "Annullato", "Rifiutato", "Duplicato",
        "Geannuleerd", "Afgewezen", "Dubbel", "Rejeitado", "Anulowane", "Odrzucone", "Отменено", "Отклонено",
        "却下", "已取消",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class FlowName:
    """What one name, in small letters, means for the flow of work, and who says so."""

    name: str
    state: str
    mapped_by: str


# Each status that the visible issues are in or were in, its category where Jira's issues agree on one, and its state.
FLOW_STATES = f"""
    WITH seen AS (
        SELECT status, status_category FROM core.issue
        UNION ALL
        SELECT unnest([from_value, to_value]), NULL FROM core.issue_change WHERE lower(field) = 'status'
    ),
    told AS (
        SELECT status, CASE WHEN count(DISTINCT status_category) = 1 THEN min(status_category) END AS status_category
        FROM seen WHERE status IS NOT NULL GROUP BY status
    ),
    judged AS (
        SELECT t.status, t.status_category, n.state, n.mapped_by,
            n.mapped_by = '{BY_SETTINGS}'
            OR (n.state = '{BLOCKED}' AND coalesce(t.status_category, '') <> '{DONE}')
            OR (n.state = '{CANCELLED}' AND coalesce(t.status_category, '{DONE}') = '{DONE}')
            OR (n.state IS NOT NULL AND t.status_category IS NULL) AS is_by_name
        FROM told AS t LEFT JOIN meta.flow_name AS n ON n.name = lower(trim(t.status))
    )
    SELECT status,
        CASE WHEN is_by_name THEN state ELSE status_category END AS state,
        CASE WHEN is_by_name THEN mapped_by WHEN status_category IS NOT NULL THEN '{BY_JIRA}' END AS mapped_by
    FROM judged"""


def flow_names(workspace: Workspace) -> list[FlowName]:
    """What each known name means: those of `[flow]` in `pmo.toml`, then the usual ones that it does not speak of."""
    own = {n.strip().lower(): (state, BY_SETTINGS) for state, names in workspace.flow_names.items() for n in names}
    usual = {n.lower(): (state, BY_NAME) for state, names in _USUAL.items() for n in names}
    return [FlowName(name, *told) for name, told in sorted({**usual, **own}.items())]


def lay_flow_names(connection: Connection, names: list[FlowName]) -> None:
    """Make `meta.flow_name`, one row per name."""
    columns = {part: [getattr(each, part) for each in names] for part in ("name", "state", "mapped_by")}
    connection.register("flow_entries", pa.table(columns))
    connection.execute("CREATE TABLE meta.flow_name AS SELECT * FROM flow_entries")
    connection.unregister("flow_entries")
