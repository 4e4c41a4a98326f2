"""What is inside a page that weir wrote (--html): its data, as docs/page.md describes them."""

import base64
import json
import re
import zlib


def read_page(path):
    """The one object that the page holds."""
    (packed,) = re.findall(r'<script id="data" type="application/octet-stream">([^<]*)</script>', path.read_text())
    return json.loads(zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS))
