"""A cell of SQL reads what a view shows, and nothing beside it."""

from __future__ import annotations

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse.select_only import check_select


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1", "FROM core.project",
        "SELECT * FROM core.project JOIN marts.cost_by_project_month USING (project_id);",
        "WITH a AS (SELECT project_id FROM core.project) SELECT count(*) FROM a",
        "SELECT * FROM range(3)", "SELECT unnest([1, 2])", "SELECT 1 UNION ALL SELECT 2", "SELECT * FROM meta.load",
        "SELECT 'ATTACH x; read_csv' AS told", "-- of July\nSELECT 1",
    ],
)  # fmt: skip
def test_what_reads_the_view_is_run(query: str) -> None:
    check_select(query)


@pytest.mark.parametrize(
    "query",
    [
        "", ";", "SELECT 1; SELECT 2", "COPY (SELECT 1) TO 'x.csv'", "ATTACH 'x.db'", "SET memory_limit = '1GB'",
        "INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "DELETE FROM core.project", "DROP TABLE core.project",
        "CREATE TABLE x AS SELECT 1", "INSERT INTO core.project SELECT 1", "EXPORT DATABASE 'x'",
        "CALL pragma_version()",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/*')",
        "SELECT * FROM read_text('/etc/passwd')", "SELECT getenv('HOME')", "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table(['core.project'])", "SELECT * FROM duckdb_settings()",
        "SELECT * FROM personal.main.person_identity", "SELECT * FROM personal_view.given_rate",
        "SELECT * FROM lake.core.project", "SELECT * FROM project",
        "SELECT * FROM core.project WHERE project_id IN (SELECT name FROM personal.main.person_identity)",
        "WITH a AS (SELECT * FROM personal.main.person_identity) SELECT * FROM a",
        "SELECT (SELECT count(*) FROM read_parquet('x'))", "SELECT current_setting('home_directory')", "not a query (",
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_words(query: str) -> None:
    with pytest.raises(UsageError):
        check_select(query)


@pytest.mark.parametrize(
    "query",
    [
        """SELECT * FROM "/x.csv", (WITH "/x.csv" AS (SELECT 1) SELECT * FROM "/x.csv") AS q""",
        """WITH "/x.csv" AS (SELECT * FROM "/x.csv") SELECT * FROM "/x.csv\"""",
        """WITH a AS (SELECT * FROM "/x.csv"), "/x.csv" AS (SELECT 1) SELECT * FROM a""",
        """SELECT * FROM "X.parquet", (WITH "x.PARQUET" AS (SELECT 1) SELECT 1) AS q""",
        """SELECT * FROM duckdb_databases, (WITH duckdb_databases AS (SELECT 1) SELECT 1) AS q""",
    ],
)
def test_a_name_given_by_with_opens_no_file(query: str) -> None:
    with pytest.raises(UsageError, match="WITH takes plain names here"):
        check_select(query)
