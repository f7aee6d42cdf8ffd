"""Patients over the API."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from medapp.http.api import PolicyAPIView
from medapp.records.models import Patient
from medapp.records.queries import search_patients


class PatientSerializer(serializers.ModelSerializer[Patient]):
    class Meta:
        model = Patient
        fields = (
            "id", "mrn", "name_zh", "name_latin", "sex", "birth_date", "deceased_date", "language", "department",
            "is_demo", "ai_consent",
        )  # fmt: skip


class PatientList(PolicyAPIView, generics.ListAPIView[Patient]):
    """Patients whose chart the caller may read; ``?search=`` finds by name, pinyin, number or birth date."""

    serializer_class = PatientSerializer
    queryset = Patient.objects.all()

    @extend_schema(parameters=[OpenApiParameter("search", description="name, pinyin, number or birth date")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = request.query_params.get("search", "")
        if not query:
            return super().list(request, *args, **kwargs)
        found = search_patients(request.user, query, request=request)  # type: ignore[arg-type]
        allowed = set(self.visible(Patient.objects.all()).values_list("pk", flat=True))
        rows = [match.patient for match in found if match.patient.pk in allowed]
        return Response({"count": len(rows), "results": self.get_serializer(rows, many=True).data})

    def get_queryset(self) -> Any:
        return self.visible(Patient.objects.order_by("mrn"))


class PatientDetail(PolicyAPIView):
    serializer_class = PatientSerializer
    queryset = Patient.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.subject).data)
