"""The page of a quiz's settings."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms.quiz_settings import QuizForm
from assessments.models import Quiz
from assessments.queries.quiz import quiz_of
from assessments.scoring.review import PRESETS, policy_json
from assessments.services.access import set_access_code
from assessments.services.quiz import QuizSettings, settings_of, update_quiz
from assessments.views.quiz import begun, find_place
from courses.rules import EDIT_LESSON
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, lesson_id: str) -> HttpResponse:
    """Show them, and change them."""
    course, lesson = find_place(request, slug, lesson_id)
    require(actor_of(request), EDIT_LESSON, lesson)
    quiz = quiz_of(lesson)
    settings = settings_of(quiz) if quiz else QuizSettings()
    initial = QuizForm.initial_of(settings, quiz.version if quiz else None)
    form = QuizForm(request.POST or None, initial=initial)
    if request.method == "POST":
        quiz = begun(request, lesson)
        if form.is_valid():
            with refusals(request, form):
                _save(request, quiz, form)
                messages.success(request, _("The settings are saved."))
                return redirect("teach-quiz", slug=slug, lesson_id=lesson_id)
    presets = json.dumps({name: policy_json(policy) for name, policy in PRESETS.items()})
    context = teach_context(
        request, course, "quizzes", lesson=lesson, quiz=quiz, form=form, presets=presets
    )
    status = 400 if request.method == "POST" else 200
    return render(request, "assessments/quiz/settings.html", context, status=status)


def _save(request: HttpRequest, quiz: Quiz, form: QuizForm) -> None:
    actor, code = actor_of(request), form.new_code()
    saved = update_quiz(
        actor=actor,
        quiz=quiz,
        settings=form.settings(),
        expected=form.cleaned_data["version"],
    )
    if code is not None:
        set_access_code(actor=actor, quiz=saved, code=code)
