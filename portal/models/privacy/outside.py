"""The register of what lies in no table."""

from __future__ import annotations

from portal.models.errors import N_
from portal.models.privacy.entry import (
    SELF,
    Basis,
    Entry,
    Shown,
)

# What lies in no table of the database. ``retention`` names classes whose end the portal does not bring about by a job.
OUTSIDE: tuple[Entry, ...] = (
    Entry(
        ("outside.address_counted",),
        N_("IP 地址"),
        N_("限制试密码、试链接和看号码的次数；按地址计数，只在内存或 Valkey 里"),
        Basis.LEGAL_DUTY,
        ("passing",),
        shown=Shown.NEVER,
        plain=N_("计数要按它查；不进数据库，也不进日志"),
    ),
    Entry(
        ("outside.cookies",),
        N_("浏览器里的 Cookie"),
        N_("登录凭证、认得这台设备的凭证、防伪造的表单密钥和选的语言"),
        Basis.CONTRACT,
        ("passing",),
        seen_by=(SELF,),
        plain=N_("在本人的浏览器里；凭证是随机数"),
    ),
    Entry(
        ("outside.mail",),
        N_("发出去的邮件"),
        N_("通知本人；只有单号、阶段和链接，收件地址交给邮件服务器"),
        Basis.CONTRACT,
        ("passing",),
        seen_by=(SELF,),
        plain=N_("邮件服务器要知道发给谁"),
    ),
)
