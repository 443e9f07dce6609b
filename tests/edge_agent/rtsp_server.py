"""A real RTSP server (GStreamer's), one video, until it is killed.  Run by the system's Python.

Arguments: the port (0: any free one, printed), the video, then `user:password` or nothing.
"""

import sys
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import (  # type: ignore[import-not-found] # noqa: E402
    GLib,
    Gst,
    GstRtsp,
    GstRtspServer,
)


def main(port: str, video: str, user: str = "") -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={video} ! qtdemux ! rtph264pay name=pay0 pt=96 )")
    if user:
        guard(server, factory, *user.split(":", 1))
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def guard(server: Any, factory: Any, name: str, password: str) -> None:
    """Digest, as cameras have it."""
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(name, password, token)
    server.set_auth(auth)
    rights = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        rights.add_permission_for_role("viewer", right, True)
    factory.set_permissions(rights)


if __name__ == "__main__":
    main(*sys.argv[1:])
