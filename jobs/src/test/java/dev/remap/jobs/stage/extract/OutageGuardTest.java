package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.OutageException;
import org.junit.jupiter.api.Test;

class OutageGuardTest {
  private static OutageGuard guard(long held) {
    return new OutageGuard(0.01, 3, held);
  }

  private static void meet(OutageGuard guard, int images, boolean answered) {
    for (int i = 0; i < images; i++) {
      guard.unreachable("image-" + i, "not there", answered);
    }
  }

  @Test
  void newImagesThatAreAllGoneDoNotHoldASmallNightUp() {
    OutageGuard guard = guard(1_000);
    meet(guard, 40, true);

    assertThatCode(() -> guard.check(40, 40)).doesNotThrowAnyException();
  }

  @Test
  void mostOfTheCatalogueGoneIsSomethingNotMounted() {
    OutageGuard guard = guard(1_000);
    meet(guard, 501, true);

    assertThatThrownBy(() -> guard.check(501, 1_000))
        .isInstanceOf(OutageException.class)
        .hasMessageContaining("501 of 501 images could not be reached")
        .hasMessageContaining("'image-0': not there");
  }

  @Test
  void aStorageThatDoesNotAnswerHoldsASmallNightUp() {
    OutageGuard guard = guard(1_000);
    meet(guard, 4, false);

    assertThatThrownBy(() -> guard.check(4, 40)).isInstanceOf(OutageException.class);
  }

  @Test
  void aFewThatDoNotAnswerAreRejected() {
    OutageGuard guard = guard(40);
    meet(guard, 3, false);

    assertThatCode(() -> guard.check(3, 3)).doesNotThrowAnyException();
  }

  @Test
  void amongManySmallUnitsOneMayHaveBadLuckWhenItIsTriedForTheLastTime() {
    OutageGuard usual = guard(64);
    meet(usual, 5, false);
    assertThatThrownBy(() -> usual.check(64, 64)).isInstanceOf(OutageException.class);

    OutageGuard last = guard(64).ofLastTry(10_000);
    meet(last, 5, false);
    assertThatCode(() -> last.check(64, 64)).doesNotThrowAnyException();
    meet(last, 5, false);
    assertThatThrownBy(() -> last.check(64, 64)).isInstanceOf(OutageException.class);
  }

  @Test
  void aUnitThatIsTheWholeRunMayNotHaveMoreWhenItIsTriedForTheLastTime() {
    OutageGuard last = guard(64).ofLastTry(64);
    meet(last, 4, false);
    assertThatThrownBy(() -> last.check(64, 64)).isInstanceOf(OutageException.class);
  }
}
