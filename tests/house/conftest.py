"""The tests of the house look at the models too."""

import django

django.setup()
