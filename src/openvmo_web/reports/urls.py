"""Addresses of the composed pages.

They show a portfolio, so they are named after it: ``portfolio:home``, ``portfolio:register``, ``portfolio:initiative``.
"""

from django.urls import include, path

from openvmo_web.reports import views

portfolio_pages = (
    [
        path("p/<slug:slug>/", views.home, name="home"),
        path("p/<slug:slug>/initiatives/", views.register, name="register"),
        path("p/<slug:slug>/initiatives/export.<str:format>", views.register_export, name="register-export"),
        path("p/<slug:slug>/initiatives/<code:code>/", views.initiative, name="initiative"),
    ],
    "portfolio",
)

report_pages = (
    [
        path("p/<slug:slug>/reports/", views.reports, name="reports"),
        path("p/<slug:slug>/reports/portfolio.<str:format>", views.portfolio_report, name="portfolio"),
        path("p/<slug:slug>/papers/<int:pk>/paper.pdf", views.paper, name="paper"),
    ],
    "reports",
)

urlpatterns = [
    path("", views.front, name="front"),
    path("", include(portfolio_pages)),
    path("", include(report_pages)),
]
