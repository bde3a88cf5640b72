"""The addresses of the access room."""

from django.urls import path

from openvmo_web.access import views

app_name = "access"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/add/", views.person_addition, name="person-add"),
    path("people/<int:pk>/role/", views.role_giving, name="role-give"),
    path("people/<int:pk>/leave/", views.leaving, name="leave"),
    path("people/<int:pk>/pass-on/", views.passing_on, name="pass-on"),
    path("people/<int:pk>/deactivate/", views.deactivation, name="deactivate"),
    path("people/<int:pk>/reactivate/", views.reactivation, name="reactivate"),
    path("people/roles/<int:pk>/revoke/", views.role_revocation, name="role-revoke"),
    path("account/notifications/", views.notifications, name="notifications"),
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", views.token_revocation, name="token-revoke"),
]
