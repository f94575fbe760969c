"""How the kernel ends a comm."""

from __future__ import annotations

import comm
import comm.base_comm


def end_comm(line: comm.base_comm.BaseComm) -> None:
    """End a comm on this side, as if the front end had closed it.

    A `comm_close` from the kernel goes to every page. JupyterLab logs an error for each comm that
    it does not know: those of other tabs, and those that were opened before a page was loaded.
    Pages are told by a message instead, which only those read that it is for.
    """
    # The comm would send it all the same when it is collected, unless the manager closes it.
    message = {"content": {"comm_id": line.comm_id, "data": {}}}
    comm.get_comm_manager().comm_close(None, "", message)
