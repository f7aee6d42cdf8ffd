"""Jobs over the API."""

from typing import Any

from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from medapp.http.api import PolicyAPIView
from medapp.jobs.models import Job
from medapp.jobs.services import cancel_job, retry_job


class JobSerializer(serializers.ModelSerializer[Job]):
    title = serializers.CharField(source="label", read_only=True)
    failure_reason = serializers.CharField(read_only=True)

    class Meta:
        model = Job
        fields = (
            "id", "kind", "title", "queue", "status", "attempts", "progress_done", "progress_total", "failure_code",
            "failure_reason", "result", "created_at", "started_at", "finished_at",
        )  # fmt: skip


class JobList(PolicyAPIView, generics.ListAPIView[Job]):
    """The caller's jobs, the latest first."""

    serializer_class = JobSerializer
    queryset = Job.objects.all()
    filterset_fields = ("status", "kind", "group")

    def get_queryset(self) -> Any:
        return self.visible(Job.objects.order_by("-created_at"))


class JobDetail(PolicyAPIView):
    serializer_class = JobSerializer
    queryset = Job.objects.all()

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.subject).data)


class JobMove(PolicyAPIView):
    """POST cancels or retries a job."""

    serializer_class = JobSerializer
    queryset = Job.objects.all()
    move: str = ""

    def post(self, request: Request, **kwargs: Any) -> Response:
        service = cancel_job if self.move == "cancel" else retry_job
        job = service(job=self.subject, by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(job).data)


class JobCancel(JobMove):
    move = "cancel"


class JobRetry(JobMove):
    move = "retry"
