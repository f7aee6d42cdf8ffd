"""Template filters that name rows of the record: ``{% load records %}``."""

from django import template

from medapp.records import presenters

register = template.Library()

register.filter("condition_name", presenters.condition_name)
register.filter("medication_name", presenters.medication_name)
register.filter("substance_name", presenters.substance_name)
register.filter("observation_name", presenters.observation_name)
register.filter("unit_words", presenters.unit_words)
register.filter("range_words", presenters.range_words)
register.filter("note_name", presenters.note_name)
