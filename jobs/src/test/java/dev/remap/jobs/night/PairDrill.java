package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.night.Pairs.Command;
import dev.remap.jobs.night.Pairs.Outcome;
import dev.remap.jobs.night.Pairs.Said;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command against every other, with the first standing still at each of its points: nothing
 * goes back but by somebody's wish, who loses says so, and one more night makes the newest live.
 * Run by {@code bin/pair-drill}, not by {@code bin/test}.
 */
class PairDrill {
  private static final PrintStream OUT = System.out;
  private static final Set<Command> BACK = EnumSet.of(Command.ROLLBACK, Command.PUBLISH_FIRST);
  private static final Set<Command> NIGHTS =
      EnumSet.of(
          Command.NIGHT, Command.NIGHT_LISTS, Command.RETRAIN, Command.RETRAIN_WARM, Command.RETRY);

  private final List<String> wrong = new ArrayList<>();

  @Test
  void everyPairAtEveryPoint(@TempDir Path folder) {
    int played = 0;
    try (Pairs pairs = new Pairs(folder)) {
      for (Command first : firsts()) {
        for (String point : first.points()) {
          for (Command second : Command.values()) {
            played += play(pairs, first, point, second);
          }
        }
      }
    }
    OUT.printf("%n%d cases, %d wrong%n", played, wrong.size());
    wrong.forEach(OUT::println);
    assertThat(wrong).isEmpty();
  }

  private static List<Command> firsts() {
    String chosen = System.getProperty("drill.first", "");
    return Arrays.stream(Command.values())
        .filter(
            command -> chosen.isEmpty() || List.of(chosen.split(",", -1)).contains(command.name()))
        .toList();
  }

  private int play(Pairs pairs, Command first, String point, Command second) {
    Outcome outcome = pairs.run(first, point, second);
    String name = first + " at " + point + ", " + second;
    if (outcome.second() == null) {
      OUT.printf("%s: not reached%n", name);
      return 0;
    }
    OUT.printf(
        "%s: live %s%n  first: %s%n  second: %s%n",
        name, outcome.generations(), last(outcome.first()), last(outcome.second()));
    check(name, pairs, first, second, outcome);
    return 1;
  }

  private static String last(Said said) {
    return said.failure().isEmpty()
        ? said.text().lines().reduce((before, after) -> after).orElse("").strip()
        : "FAILED: " + said.failure();
  }

  private void check(String name, Pairs pairs, Command first, Command second, Outcome outcome) {
    require(neverGoesBack(pairs, first, second, outcome.log()), name + ": went back");
    require(pairs.isSound(), name + ": the store is not sound");
    boolean wentBack = outcome.generations().get(outcome.generations().size() - 1) == 1;
    if (BACK.contains(second) && outcome.second().failure().isEmpty()) {
      require(wentBack, name + ": going back was overruled");
    }
    boolean failed = !(outcome.first().failure() + outcome.second().failure()).isEmpty();
    if (!wentBack && !failed && (NIGHTS.contains(first) || NIGHTS.contains(second))) {
      require(isNewest(pairs), name + ": both went well, and the newest is not live");
    }
    if (!wentBack) {
      pairs.night();
      require(isNewest(pairs) && pairs.isSound(), name + ": one more night does not mend it");
    }
  }

  private static boolean isNewest(Pairs pairs) {
    List<Published> log = pairs.log();
    int live = Generation.number(log.get(log.size() - 1));
    return pairs.generation(live).vectors().snapshot() == pairs.newestSnapshot();
  }

  private static boolean neverGoesBack(
      Pairs pairs, Command first, Command second, List<Published> log) {
    List<String> trainings = new ArrayList<>();
    int snapshot = 0;
    int training = 0;
    boolean isBackAsked = BACK.contains(first) || BACK.contains(second);
    for (Published entry : log) {
      // Those of the first generation are what was asked for, and those after it a retreat.
      boolean asked =
          isBackAsked
              && entry.number() > 2
              && entry.verdict().isPresent()
              && (Generation.number(entry) <= 2);
      if (!pairs.isThere(Generation.number(entry))) {
        continue;
      }
      Generation generation = pairs.generation(Generation.number(entry));
      String quantizer = generation.inputs().quantizer();
      if (!trainings.contains(quantizer)) {
        trainings.add(quantizer);
      }
      int now = generation.vectors().snapshot();
      if (!asked && (now < snapshot || trainings.indexOf(quantizer) < training)) {
        return false;
      }
      snapshot = now;
      training = trainings.indexOf(quantizer);
    }
    return true;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      wrong.add(otherwise);
      OUT.println("  WRONG: " + otherwise);
    }
  }
}
