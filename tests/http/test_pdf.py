"""A report carries its own pictures and fetches nothing else."""

import base64
import io

from PIL import Image

from medapp.http.pdf import html_to_pdf


def as_data_url() -> str:
    stream = io.BytesIO()
    Image.new("L", (8, 8), 128).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def test_an_embedded_picture_is_printed() -> None:
    content = html_to_pdf(f'<img src="{as_data_url()}">')

    assert b"/Subtype /Image" in content


def test_a_file_of_this_machine_is_not_printed(tmp_path) -> None:
    path = tmp_path / "secret.png"
    Image.new("L", (8, 8), 128).save(path)

    content = html_to_pdf(f'<img src="file://{path}">')

    assert content.startswith(b"%PDF-")
    assert b"/Subtype /Image" not in content
