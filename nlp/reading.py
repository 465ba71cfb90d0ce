"""What a message means to the community: report or talk, what about, how soon, where, and why we think so."""

from collections.abc import Mapping
from dataclasses import replace

from nlp import asides, because, contacts, courtesy, features, listed, model, seeking, spelling, turning, unlearned
from nlp.danger import spelt
from nlp.kinds import kind_of, tells_on
from nlp.lexicon import lexicon
from nlp.meaning import Band, Part, Reading, ReadingContext
from nlp.normalise import at_home, fold, tight
from nlp.own import standard
from nlp.parts import stretches
from nlp.plain import told_plainly
from nlp.side_by_side import side_by_side
from nlp.sight import Sight, alone, category, weighed
from nlp.talk import CUES, hear
from nlp.urgency import Danger, danger, urgency
from nlp.where import Where

__all__ = ["Band", "Part", "Reading", "ReadingContext", "read", "warm"]

# What was meant for the bot is believed sooner, but only where it speaks of something the community deals with.
_MEANT = 1.0
_SURE = 0.97
_A_LITTLE = 0.01
_LIKELY = 0.6  # what may be a joke (我老婆打呼噜太响能不能报修) and is hardly likely a report is not asked about
# What is told plainly is believed sooner: examples are told the way neighbours grumble, and whoever tries the bot first
# says only the least ("我家停水了").
_PLAINLY = 3.0
# Whoever says that they report somebody, and what is wrong, is believed sooner.
_TIPOFF, _TELLS_ON, _TELLING_ON = "tipoff", "举报", 2.5
# Where no word of any category is said, so much more (log odds) is asked for: better a question than an empty ticket.
_UNNAMED = 1.5
# Nobody reports in more characters than this; what is longer is a forwarded article, and reading all of it is slow.
_ENOUGH = 1_500
_NOTHING: frozenset[str] = frozenset()
_UNKNOWN = ReadingContext()
# A memory (那年下暴雨，地下室淹到腰), a question of rules to the neighbours, a tradesman's advert, a mere place: none
# is a report, whatever it is about.
_TALK = frozenset(("memory", "asks_around", "advert", "where"))


def warm() -> None:
    """Loads jieba, lexicon and weights, so that the first message is not slow."""
    read("三号楼门口路灯坏了半个月了")


def read(text: str, context: ReadingContext = _UNKNOWN) -> Reading:
    """Reads one message, and each point of a list as if it were told alone."""
    whole, points = _turned(text, _told(text, context), context), listed.points(text[:_ENOUGH])
    if not points:
        return _besides(text[:_ENOUGH], whole, context)
    heading = listed.heading(text)
    above = [name for _, name in Where(heading, *standard(*tight(fold(heading))), context.gazetteer).typed()]
    return listed.in_one(whole, [_told(one, context) for one in points], above)


def _besides(text: str, whole: Reading, context: ReadingContext) -> Reading:
    if whole.kind == listed.TIPOFF and whole.parts:
        meant = replace(context, addressed=True)  # that it is a tip-off, the whole has said
        apart = listed.beside_a_tipoff(text, lambda one: _told(one, context), lambda one: _told(one, meant))
        return listed.in_one(whole, apart, ())
    if apart := listed.beside_danger(text, whole, lambda one: _told(one, context)):
        return listed.in_one(whole, apart, ())
    if apart := side_by_side(text, whole, lambda one: _told(one, context)):
        return listed.in_one(whole, apart, ())
    each = [_told(one, context) for one in listed.besides(text, whole)]
    if each and (listed.elsewhere(each) or listed.of_another_kind(each)):
        return listed.in_one(whole, each, ())
    return whole


def _told(text: str, context: ReadingContext) -> Reading:
    """What one message or one point tells; what stands around it for politeness is left out where something remains
    that is a report."""
    whole, bare = _read(text, context), courtesy.bare(text[:_ENOUGH])
    slow = bare is not None and bare.called and whole.kind == _TIPOFF  # 投诉网格员，3号楼着火了
    if bare is None or (whole.urgency == "emergency" and not slow):
        return whole
    reading = _read(bare.text, context)
    if reading.urgency == "emergency":
        sure = context.addressed or not bare.unsure or whole.band == "high"
        return reading if sure else _asked_about(reading, danger=True)
    # Told for somebody old, it is of them before it is of what they tell.
    clear = whole.band == "high" and not (whole.category == "welfare" and asides.is_for_another(text))
    if reading.band == "low" or clear or bare.called or (whole.doubtful and whole.band == "middle"):
        return whole
    # 梯子还了，谢谢: in a group it may be over, so that it is asked where it is not clear.
    sure = reading.confidence >= _SURE and not bare.elsewhere  # 我妈家3号楼电梯坏了: in a group only asked about
    clear = context.addressed or reading.band == "middle" or sure
    return reading if clear else _asked_about(reading, danger=reading.doubtful)


def _turned(text: str, whole: Reading, context: ReadingContext) -> Reading:
    """谢谢师傅，不过龙头又滴水了: what is told behind thanks, the past, another place or a number asked for, where it
    is a report and names its matter (隔壁那盏也坏了 is of what was thanked for); among neighbours it is asked about
    unless it is clear. What may be danger is only given up for what rings."""
    if whole.band == "high":
        return whole
    behind = (*seeking.reason(text), *(turning.here_and_now(text) if whole.because else ()))
    told = (_read(one, context) for one in behind)
    least = ("high", "middle") if whole.band == "low" else ("high",)
    found = next((one for one in told if one.band in least and one.parts[0].named), None)
    if whole.doubtful and (found is None or found.urgency != "emergency"):
        return whole
    if found is None or found.band == "middle" or context.addressed or found.confidence >= _SURE:
        return found or whole
    return _asked_about(found, danger=found.doubtful)


def _asked_about(reading: Reading, *, danger: bool) -> Reading:
    """The same, unsure: 电梯困人怎么办 says that somebody is, or that somebody wants to know."""
    first = reading.parts[0]
    parts = (replace(first, urgency="urgent") if first.urgency == "emergency" else first, *reading.parts[1:])
    confidence = min(reading.confidence, model.weights().opening - _A_LITTLE)
    asked = replace(reading, is_report=False, band="middle", confidence=confidence, parts=parts, doubtful=danger)
    return replace(asked, category=None, also=(), urgency=None)


def _read(text: str, context: ReadingContext) -> Reading:
    folded, kept = standard(*tight(at_home(fold(text[:_ENOUGH]))))
    talk = hear(folded)
    if contacts.are_told(folded, talk):
        folded, kept = contacts.without(folded, kept)
        talk = hear(folded)
    weights = model.weights()
    bones = features.skeleton(folded)
    runs, each = features.runs(bones), features.share(bones)
    told, alarming = spelling.total(runs, weights.report["N"], spelt())
    suspected = _suspected(folded, talk, alarming, context)
    score = weights.bias + told * each
    hits = lexicon().find(folded)
    accuses = context.addressed and tells_on(folded)
    if not (suspected or accuses) and _is_mere_talk(weights, hits, score):
        return _talk(folded, talk, score)
    found = features.group_hits(hits, folded)
    where = Where(text, folded, kept, context.gazetteer)
    plain = told_plainly(folded, talk, context.gazetteer, where.spans)
    if plain and (refused := unlearned.against(weights.unbelieved, plain, folded)):
        plain, talk = None, {**talk, "refused": refused}
    outline = features.outline(folded, found, talk, features.signs(plain, alone(suspected)))
    score += model.score(weights.report["G"], outline)
    if plain:
        score += _PLAINLY
    if _TELLS_ON in folded and "M:problem" in outline:
        score += _TELLING_ON
    if context.addressed and ("M:problem" in outline or "M:topic" in outline):
        score += _MEANT
    if score < weights.gate and not (suspected or accuses or (plain and plain.alone)):
        return _talk(folded, talk, score)
    texture = {"N": runs, "T": features.vocabulary(bones)}
    score += model.total(weights.report["T"], texture["T"]) * each * model.WORTH["T"]
    sure = suspected if suspected and suspected.sure(score) else None
    doubtful = suspected if suspected and suspected.doubtful(score) else None
    sight = Sight(
        folded, hits, where, found, talk, suspected, sure, doubtful, accuses, plain, outline, texture, each, score
    )
    return _believe(weighed(sight))


def _suspected(folded: str, talk: Mapping[str, str], told: float, context: ReadingContext) -> Danger | None:
    """The danger that it may speak of; whoever tells on or for somebody, or meets somebody, only sounds pressing."""
    found = danger(folded, told, meant=context.addressed)
    if found is None or not found.guessed:
        return found
    return None if "meets" in talk or kind_of(folded, "other") == _TIPOFF or asides.is_for_another(folded) else found


def _is_mere_talk(weights: model.Weights, hits: features.Hits, score: float) -> bool:
    """Whether runs of characters alone already say so; words that say what is wrong are looked into all the same."""
    if score < weights.early:
        return not features.names_a_problem(hits)
    return score < weights.bare and features.names_nothing(hits)


def _believe(sight: Sight) -> Reading:
    weights = model.weights()
    # Of what is told plainly and of nothing besides, 96 in 100 are reports, however little else speaks for it.
    sure = sight.danger or (sight.plain and sight.plain.alone)
    least = _SURE if sure else weights.asking if sight.doubtful or sight.accuses else 0.0
    unnamed = _UNNAMED if "M:none" in sight.outline else 0.0
    confidence = max(model.sigmoid(sight.score - unnamed), least)
    if sight.doubtful and (
        sight.doubtful.next_door or sight.doubtful.uneasy or ("lingers" in sight.talk and not sight.plain)
    ):
        # A fire in the next estate is no ticket of ours until somebody here says so, nor a class that lasts, nor fear.
        confidence = min(confidence, weights.opening - _A_LITTLE)
    if confidence < weights.asking or (not sight.danger and _is_aside(sight, confidence)):
        return _talk(sight.folded, sight.talk, sight.score)
    subject, clear = category(sight)
    parts = _parts(sight, subject, clear=clear)
    subject = parts[0].category
    why = because.reasons(sight.outline, sight.texture, sight.each, sight.found, sight.talk, subject)
    if sight.danger or sight.doubtful:
        why = (_alarm(sight), *why)
    elif sight.plain:
        why = (f"说得直白：{sight.plain.words}", *why)
    elif "refused" in sight.talk:
        why = (sight.talk["refused"], *why)
    return _report(sight, confidence, "high" if confidence >= weights.opening else "middle", parts, why)


def _is_aside(sight: Sight, confidence: float) -> bool:
    """Whether it is no report however much it sounds like one: 有人管没 asks how something stands and names nothing."""
    if "status_question" in sight.talk and "M:none" in sight.outline:
        return True
    jest = ("figure" in sight.talk and confidence < _LIKELY) or ("slang" in sight.talk and not sight.plain)
    return not sight.doubtful and (jest or not _TALK.isdisjoint(sight.talk) or sight.where.is_all())


def _alarm(sight: Sight) -> str:
    return f"紧急：{sight.danger.why}" if sight.danger else f"可能紧急：{sight.doubtful.why if sight.doubtful else ''}"


def _talk(folded: str, talk: Mapping[str, str], score: float) -> Reading:
    return Reading(
        is_report=False,
        band="low",
        confidence=round(model.sigmoid(score), 4),
        kind=kind_of(folded, None),
        category=None,
        also=(),
        urgency=None,
        place=(),
        because=tuple(talk.values()),
        cues=CUES.intersection(talk) if talk else _NOTHING,
        parts=(),
    )


def _report(sight: Sight, confidence: float, band: Band, parts: tuple[Part, ...], why: tuple[str, ...]) -> Reading:
    opens, category = band == "high", parts[0].category
    return Reading(
        is_report=opens,
        band=band,
        confidence=round(confidence, 4),
        kind=kind_of(sight.folded, category),
        category=category if opens else None,
        also=tuple(part.category for part in parts[1:]) if opens else (),
        urgency=parts[0].urgency if opens else None,
        place=tuple([name for _, name in sight.where.typed()]),
        because=why,
        cues=frozenset(sight.talk) & CUES,
        parts=parts,
        doubtful=sight.doubtful is not None,
    )


def _parts(sight: Sight, category: str, *, clear: bool) -> tuple[Part, ...]:
    made: list[Part] = []
    places = sight.where.typed()
    told = stretches(sight.folded, sight.hits, category, pressing=sight.danger is not None)
    for stretch in told:
        where = [name for start, name in places if stretch.start <= start < stretch.end or len(told) == 1]
        soon = "emergency" if sight.danger and not made else urgency(stretch.text, stretch.category)[0]
        made.append(Part(stretch.category, soon, tuple(where), stretch.text, clear or stretch.category != category))
    return tuple(made)
