"""CSV in: read whatever encoding it has, plan every row, show the plan, then write the good rows.

``reading`` turns bytes into records, ``columns`` into values, ``patients``/``encounters``/``observations`` into
plans; ``services`` keeps the original, the plan and what became of it.
"""
