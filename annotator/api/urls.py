from django.urls import path

from annotator.api.root import api

urlpatterns = [path("", api.urls)]
