"""Who looked at this record: pages for the privacy officer over the audit trail."""
