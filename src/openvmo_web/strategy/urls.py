"""The addresses of the strategy."""

from django.urls import path

from openvmo_web.strategy import views

app_name = "strategy"
urlpatterns = [
    path("strategy/", views.strategy, name="strategy"),
    path("strategy/export.<str:format>", views.strategy_export, name="export"),
    path("strategy/weights/", views.weights, name="weights-top"),
    path("strategy/drivers/", views.drivers, name="drivers"),
    path("strategy/drivers/new/", views.driver_new, name="driver-new"),
    path("strategy/drivers/<int:pk>/change/", views.driver_change, name="driver-change"),
    path("strategy/objectives/new/", views.objective_new, name="objective-new"),
    path("strategy/objectives/<int:pk>/", views.objective, name="objective"),
    path("strategy/objectives/<int:pk>/change/", views.objective_change, name="objective-change"),
    path("strategy/objectives/<int:pk>/move/", views.objective_move, name="objective-move"),
    path("strategy/objectives/<int:pk>/retire/", views.objective_retire, name="objective-retire"),
    path("strategy/objectives/<int:pk>/restore/", views.objective_restore, name="objective-restore"),
    path("strategy/objectives/<int:pk>/weights/", views.weights, name="weights"),
    path("strategy/objectives/<int:pk>/measures/new/", views.measure_new, name="measure-new"),
    path("strategy/measures/<int:pk>/", views.measure, name="measure"),
    path("strategy/measures/<int:pk>/change/", views.measure_change, name="measure-change"),
    path("strategy/measures/<int:pk>/retire/", views.measure_retire, name="measure-retire"),
    path("strategy/measures/<int:pk>/restore/", views.measure_restore, name="measure-restore"),
]
