"""``atom_retry_history``: one of the seven V2 tables."""

from django.db import models

from atoms.models import AtomicUnit
from kernel.ids import ordered_id


class AtomRetryHistory(models.Model):
    """One try at an atom. Attempt 0 is the draft as it came; it costs nothing and names no model."""

    retry_id = models.UUIDField(primary_key=True, default=ordered_id, editable=False)
    atom = models.ForeignKey(AtomicUnit, on_delete=models.CASCADE, related_name="history", db_index=False)
    run = models.ForeignKey(  # the unique constraint begins with it
        "execution.ExecutionRun", on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    attempt_number = models.IntegerField()
    error_message = models.TextField(null=True)
    feedback_prompt = models.TextField(null=True)
    success = models.BooleanField()
    code_generated = models.TextField(null=True)
    llm_model = models.CharField(max_length=100, null=True)
    llm_cost_usd = models.DecimalField(max_digits=10, decimal_places=6, null=True)  # null: the price is unknown
    llm_tokens_input = models.IntegerField(null=True)
    llm_tokens_output = models.IntegerField(null=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    effort = models.CharField(max_length=20, null=True)
    error = models.JSONField(null=True)  # {category, message, path, line, test, ...}
    score = models.FloatField(null=True)  # how good it was; the best attempt is kept, not the last
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "atom_retry_history"
        ordering = ["atom", "attempt_number"]
        indexes = [
            models.Index(fields=["atom"], name="idx_retry_atom"),
            models.Index(fields=["success"], name="idx_retry_success"),
        ]
        constraints = [models.UniqueConstraint(fields=["run", "atom", "attempt_number"], name="unique_attempt")]

    def __str__(self) -> str:
        return f"attempt {self.attempt_number} at {self.atom_id}"
