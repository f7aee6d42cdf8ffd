"""Suggestions, decisions and batch runs over the API."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from diagnosis.batch.export import csv_lines
from diagnosis.batch.services import account_for_download, start_from_form
from diagnosis.models import BatchRun, Decision, Suggestion
from diagnosis.services import decide_suggestion
from diagnosis.services.decide import Choice
from medapp.http.api import OfPatient, PolicyAPIView
from medapp.http.parsers import BoundedJSONParser


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    model = serializers.CharField(source="prediction.model_version.name", read_only=True)
    model_version = serializers.CharField(source="prediction.model_version.version", read_only=True)
    subject_type = serializers.CharField(source="prediction.subject_type", read_only=True)
    subject_id = serializers.UUIDField(source="prediction.subject_id", read_only=True)
    in_scope = serializers.BooleanField(source="prediction.in_scope", read_only=True)
    scope_code = serializers.CharField(source="prediction.scope_code", read_only=True)
    output = serializers.JSONField(source="prediction.output", read_only=True)

    class Meta:
        model = Suggestion
        fields = (
            "id", "patient", "kind", "status", "model", "model_version", "subject_type", "subject_id", "in_scope",
            "scope_code", "output", "created_at",
        )  # fmt: skip


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    standing = serializers.CharField(write_only=True, required=False, allow_blank=True, default="")

    class Meta:
        model = Decision
        fields = (
            "id", "verdict", "label_code", "reason_code", "reason_text", "decided_at", "decided_by", "superseded_at",
            "standing",
        )  # fmt: skip
        read_only_fields = ("decided_at", "decided_by", "superseded_at")


class BatchRunSerializer(serializers.ModelSerializer[BatchRun]):
    model = serializers.CharField(source="model_version.name", read_only=True)
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = BatchRun
        fields = (
            "id", "title", "model", "source", "ignore_scope", "status", "total", "waiting", "created_at",
            "finished_at",
        )  # fmt: skip

    def get_waiting(self, run: BatchRun) -> int:
        return run.items.filter(status="waiting").count()


class BatchRequestSerializer(serializers.Serializer[Any]):
    """What a new run needs: a model and either a cohort or a table of texts."""

    model = serializers.CharField()
    cohort = serializers.CharField(required=False)
    file = serializers.FileField(required=False)
    ignore_scope = serializers.BooleanField(default=False)


class SuggestionFilter(OfPatient):
    class Meta:
        model = Suggestion
        fields = ("status", "kind")


class SuggestionList(PolicyAPIView, generics.ListAPIView[Suggestion]):
    serializer_class = SuggestionSerializer
    queryset = Suggestion.objects.all()
    filterset_class = SuggestionFilter

    def get_queryset(self) -> Any:
        return self.visible(Suggestion.objects.select_related("prediction__model_version"))


class SuggestionDetail(PolicyAPIView):
    serializer_class = SuggestionSerializer
    queryset = Suggestion.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.subject).data)


class Decisions(PolicyAPIView):
    """GET the decisions on a suggestion, POST a new one (``standing``: the id of the one you saw)."""

    serializer_class = DecisionSerializer
    queryset = Decision.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        rows = Decision.objects.filter(suggestion=self.subject)  # type: ignore[misc]
        return Response(self.get_serializer(rows, many=True).data)

    def post(self, request: Request, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = dict(serializer.validated_data)
        standing = asked.pop("standing", "")
        decision = decide_suggestion(
            suggestion=self.subject,  # type: ignore[arg-type]
            by=request.user,  # type: ignore[arg-type]
            choice=Choice(**asked),
            seen_decision=standing,
            request=request._request,
        )
        return Response(self.get_serializer(decision).data, status=status.HTTP_201_CREATED)


class BatchRuns(PolicyAPIView, generics.ListAPIView[BatchRun]):
    """GET one's runs, POST starts one over a cohort or a CSV of texts."""

    serializer_class = BatchRunSerializer
    queryset = BatchRun.objects.all()
    parser_classes = (BoundedJSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> Any:
        return self.visible(BatchRun.objects.select_related("model_version"))

    def post(self, request: Request, **kwargs: Any) -> Response:
        asked = BatchRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        run = _start(asked.validated_data, request)
        return Response(self.get_serializer(run).data, status=status.HTTP_202_ACCEPTED)


class BatchRunDetail(PolicyAPIView):
    serializer_class = BatchRunSerializer
    queryset = BatchRun.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.subject).data)


class BatchRunResult(PolicyAPIView):
    """The scores as CSV."""

    queryset = BatchRun.objects.all()
    serializer_class = BatchRunSerializer

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, **kwargs: Any) -> StreamingHttpResponse:
        run: Any = self.subject
        account_for_download(run=run, by=request.user, request=request._request)  # type: ignore[arg-type]
        lines = csv_lines(run)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


def _start(asked: dict[str, Any], request: Request) -> BatchRun:
    return start_from_form(
        model_name=asked["model"],
        cohort_name=asked.get("cohort", ""),
        table=asked.get("file"),
        ignore_scope=asked["ignore_scope"],
        by=request.user,  # type: ignore[arg-type]
        request=request._request,
    )
