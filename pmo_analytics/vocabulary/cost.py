"""Words of cost: plans, commitments, postings, rates."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, QUANTITY, RATE, TEXT, Term, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "baseline_version": "Identifier of a version of the time-phased plan.",
            "role_or_person_id": "Role name, or person, an hourly rate holds for.",
            "commitment_id": "Identifier of a commitment, made from its content where the source has none.",
            "ledger_entry_id": "Identifier of a posting, made from its content where the source has none.",
            "wbs_element": "Element of the work breakdown structure a posting is charged to.",
            "cost_element": "Cost element a posting was made on.",
            "account": "Account of a ledger, or of a timesheet system.",
            "fiscal_year": "Fiscal year as the ledger names it; in budgets by the month that pmo.toml begins one in.",
            "period": "Fiscal period within its year, as the ledger names it.",
            "reporting_currency": "ISO 4217 code of the reporting amount.",
            "local_currency": "ISO 4217 code of the local amount.",
            "quantity_unit": "Unit of the quantity, as the ledger names it.",
            "partner": "Object or company on the other side of a posting.",
            "document_type": "Type of the document, as the ledger names it.",
            "document_number": "Number of the document.",
            "vendor": "Supplier.",
            "posted_by_id": "Person who made the posting.",
            "to_currency": "ISO 4217 code that an exchange rate leads to.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "baselined_on_date": "Day a baseline was approved.",
            "valid_from_date": "First day a rate holds.",
            "committed_on_date": "Day a commitment was entered into.",
            "posting_date": "Day a posting counts in the ledger.",
            "document_date": "Day of the document behind a posting.",
            "rate_date": "Day an exchange rate holds.",
        },
    ),
    Term("hourly_amount", RATE, "Price of one hour of a role or person.", "currency per hour"),
    Term("rate", RATE, "Units of to_currency that one unit of currency is worth.", "to_currency per currency"),
    Term("reporting_amount", AMOUNT, "A posting in the currency the organisation reports in.", "reporting_currency"),
    Term("local_amount", AMOUNT, "A posting in the currency of the company or object.", "local_currency"),
    *terms(
        AMOUNT,
        "currency",
        {
            "ledger_amount": "Postings in the currency they are compared in; credits are negative.",
            "timesheet_amount": "Time booked at the rates of its day.",
            "accrual_amount": "Cost received and not yet posted.",
            "commitment_amount": "Orders not yet posted.",
            "labour_amount": "Postings on the cost elements that the organisation calls labour.",
            "other_amount": "Postings on all other cost elements.",
            "difference_amount": "Timesheet cost less ledger labour; negative where the ledger is higher.",
        },
    ),
    *terms(COUNT, "rows", {"posting_count": "Postings counted."}),
    Term("quantity", QUANTITY, "Quantity of a posting: hours, pieces, litres.", "quantity_unit"),
    *terms(
        FLAG,
        "",
        {
            "is_capital": "Whether the money is capital expenditure.",
            "is_labour": "Whether the organisation calls the cost element labour; empty where it has not said.",
        },
    ),
]
