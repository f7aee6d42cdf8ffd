"""Studies over the API, with their series and images."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from imaging import queries
from imaging.models import Instance, Series, Study
from imaging.views import images
from medapp.http.api import OfPatient, PolicyAPIView


class InstanceSerializer(serializers.ModelSerializer[Instance]):
    file = serializers.HyperlinkedIdentityField(view_name="api-instance-file")

    class Meta:
        model = Instance
        fields = (
            "id", "sop_instance_uid", "sop_class_uid", "transfer_syntax_uid", "instance_number", "rows", "columns",
            "number_of_frames", "view_position", "laterality", "size_bytes", "sha256", "file",
        )  # fmt: skip


class SeriesSerializer(serializers.ModelSerializer[Series]):
    instances = InstanceSerializer(many=True, read_only=True)

    class Meta:
        model = Series
        fields = (
            "id", "series_instance_uid", "modality", "body_part_examined", "series_number", "series_description",
            "instances",
        )  # fmt: skip


class StudySerializer(serializers.ModelSerializer[Study]):
    series_count = serializers.IntegerField(read_only=True)
    image_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Study
        fields = (
            "id", "patient", "study_instance_uid", "accession_number", "study_date", "study_time",
            "study_description", "identity_basis", "series_count", "image_count", "created_at",
        )  # fmt: skip


class StudyDetailSerializer(serializers.ModelSerializer[Study]):
    series = SeriesSerializer(many=True, read_only=True)

    class Meta:
        model = Study
        fields = (
            "id", "patient", "study_instance_uid", "accession_number", "study_date", "study_time",
            "study_description", "identity_basis", "created_at", "series",
        )  # fmt: skip


class StudyFilter(OfPatient):
    modality = filters.CharFilter(field_name="series__modality", distinct=True)

    class Meta:
        model = Study
        fields = ("study_instance_uid", "accession_number", "study_date")


class StudyList(PolicyAPIView, generics.ListAPIView[Study]):
    """Studies that the caller may open, the latest first."""

    serializer_class = StudySerializer
    queryset = Study.objects.all()
    filterset_class = StudyFilter

    def get_queryset(self) -> Any:
        return self.visible(queries.studies_visible_to(self.request.user))  # type: ignore[arg-type]


class StudyDetail(PolicyAPIView):
    """One study with its series and images."""

    serializer_class = StudyDetailSerializer
    queryset = Study.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        images_of_series = Prefetch("instances", Instance.objects.defer("header"))
        rows = Study.objects.prefetch_related(
            Prefetch("series", Series.objects.prefetch_related(images_of_series))
        )
        return Response(self.get_serializer(rows.get(pk=self.subject.pk)).data)  # type: ignore[union-attr]


class InstanceFile(PolicyAPIView):
    """The DICOM file as it came."""

    serializer_class = InstanceSerializer
    queryset = Instance.objects.all()

    @extend_schema(responses={(200, "application/dicom"): OpenApiTypes.BINARY})
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return images.original(request._request, self.subject)  # type: ignore[arg-type]
