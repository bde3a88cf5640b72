"""The addresses of the access room."""

from django.urls import path

from openvmo_web.access import views

app_name = "access"
urlpatterns = [
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", views.token_revocation, name="token-revoke"),
]
