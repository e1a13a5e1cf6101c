"""What rooms that share a subject's images tell each other without importing one another.

`images_wanted`: somebody asks to bring images of `subject`; a receiver that forbids it raises Problem.
`images_to_go`: `actor` asks to withdraw images of `subject`; a receiver that forbids it raises Problem.
`objects_kept`: which of these `names` of objects must stay, whatever becomes of their series? A set of names.
`images_under_way`: how much of `subject` has begun to arrive and is not finished? Receivers answer a number.
"""

from django.dispatch import Signal

images_wanted = Signal()
images_to_go = Signal()
objects_kept = Signal()
images_under_way = Signal()
