"""Addresses of the composed pages.

They show a portfolio, so they are named after it: ``portfolio:home``, ``portfolio:register``, ``portfolio:initiative``.
The page of a benefit stands among the other addresses of benefits, as ``benefits:benefit``.
"""

from django.urls import include, path

from openvmo_web.benefits import urls as benefits
from openvmo_web.reports import views, views_benefit, views_coverage, views_owners, views_statement

portfolio_pages = (
    [
        path("p/<slug:slug>/", views.home, name="home"),
        path("p/<slug:slug>/initiatives/", views.register, name="register"),
        path("p/<slug:slug>/initiatives/export.<str:format>", views.register_export, name="register-export"),
        path("p/<slug:slug>/initiatives/<code:code>/", views.initiative, name="initiative"),
    ],
    "portfolio",
)

benefit_pages = (
    [*benefits.urlpatterns, path("p/<slug:slug>/benefits/<int:pk>/", views_benefit.benefit, name="benefit")],
    benefits.app_name,
)

report_pages = (
    [
        path("p/<slug:slug>/owners/", views_owners.owners, name="owners"),
        path("p/<slug:slug>/owners/export.<str:format>", views_owners.owners_export, name="owners-export"),
        path("p/<slug:slug>/owners/<int:pk>/", views_statement.statement, name="statement"),
        path(
            "p/<slug:slug>/owners/<int:pk>/statement.<str:format>",
            views_statement.statement_file,
            name="statement-file",
        ),
        path("p/<slug:slug>/statement/", views_statement.portfolio_statement, name="portfolio-statement"),
        path(
            "p/<slug:slug>/statement/statement.<str:format>",
            views_statement.portfolio_statement_file,
            name="portfolio-statement-file",
        ),
        path("p/<slug:slug>/coverage/", views_coverage.coverage, name="coverage"),
        path("p/<slug:slug>/coverage/export.<str:format>", views_coverage.coverage_export, name="coverage-export"),
        path("p/<slug:slug>/reports/", views.reports, name="reports"),
        path("p/<slug:slug>/reports/portfolio.<str:format>", views.portfolio_report, name="portfolio"),
        path("p/<slug:slug>/papers/<int:pk>/paper.pdf", views.paper, name="paper"),
    ],
    "reports",
)

urlpatterns = [
    path("", views.front, name="front"),
    path("", include(portfolio_pages)),
    path("", include(benefit_pages)),
    path("", include(report_pages)),
]
