from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "medapp.ui"
    label = "ui"
