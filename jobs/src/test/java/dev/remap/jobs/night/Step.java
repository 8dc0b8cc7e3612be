package dev.remap.jobs.night;

import dev.remap.jobs.night.Pairs.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * One thing that happens to a catalogue or to the store of its index. As a text it is a word and
 * what goes with it: {@code add 2 17}, {@code night}, {@code night reindex.built}, {@code set
 * unit.images 5}.
 *
 * @param with how many images, and a number that chooses them; of a command, the point at which it
 *     is killed, if it is, and a number if half of what it was making is lost; of a setting, its
 *     key and value
 */
record Step(Verb verb, List<String> with) {
  private static final List<Verb> CHANGES =
      List.of(
          Verb.ADD,
          Verb.ADD,
          Verb.CHANGE,
          Verb.CHANGE,
          Verb.REMOVE,
          Verb.REMOVE,
          Verb.REVERT,
          Verb.REVERT,
          Verb.RENAME,
          Verb.RESTORE,
          Verb.DAMAGE,
          Verb.LOSE,
          Verb.FIND);
  private static final List<Verb> COMMANDS =
      List.of(
          Verb.RETRAIN,
          Verb.RETRAIN_WARM,
          Verb.RETRAIN_WARM,
          Verb.RETRY,
          Verb.RETRY_UNREACHABLE,
          Verb.COMPACT,
          Verb.COMPACT_FULL,
          Verb.ROLLBACK,
          Verb.ROLLBACK,
          Verb.GC,
          Verb.GC);
  private static final List<String> SETTINGS =
      List.of(
          "unit.images 3",
          "unit.images 7",
          "unit.images 16",
          "unit.images 100",
          "index.shards 1",
          "index.shards 2",
          "index.shards 3",
          "index.layout key",
          "index.layout key",
          "index.layout list",
          "index.layout list",
          "index.layout list",
          "index.layout auto",
          "quantizer.driver-sample 1",
          "quantizer.driver-sample 512M",
          "compact.max-layers 1",
          "compact.max-layers 2",
          "compact.max-layers 8",
          "compact.max-delta-ratio 0.1",
          "compact.max-delta-ratio 0.4",
          "compact.max-delta-ratio 100",
          "gc.keep-generations 0",
          "gc.keep-generations 2");

  /** Where a training is half done, if half of it is lost. */
  private static final List<String> TRAINED = List.of("reindex.trained");

  /** What happens. */
  enum Verb {
    ADD,
    CHANGE,
    REMOVE,
    /** To what an image was before, also if it is not listed any more. */
    REVERT,
    RENAME,
    /** All to what some command found. */
    RESTORE,
    /** To a file that is no image. */
    DAMAGE,
    /** To a file that is not there. */
    LOSE,
    /** All files are there that were not. */
    FIND,
    SET,
    NIGHT(Command.NIGHT),
    RETRAIN(Command.RETRAIN),
    /** From where the live quantizer is. */
    RETRAIN_WARM(Command.RETRAIN_WARM),
    RETRY(Command.RETRY),
    RETRY_UNREACHABLE(Command.RETRY),
    COMPACT(Command.COMPACT),
    COMPACT_FULL(Command.COMPACT),
    ROLLBACK(Command.ROLLBACK),
    GC(Command.GC);

    private final Command command;

    Verb() {
      this.command = null;
    }

    Verb(Command command) {
      this.command = command;
    }

    /** Where it may be killed; none if it is no command. */
    List<String> points() {
      return command == null ? List.of() : command.points();
    }

    boolean isCommand() {
      return command != null;
    }

    boolean isReindex() {
      return points().contains("reindex.begun");
    }

    boolean isTraining() {
      return this == RETRAIN || this == RETRAIN_WARM;
    }
  }

  Step {
    with = List.copyOf(with);
  }

  static Step of(Verb verb, Object... with) {
    return new Step(verb, Arrays.stream(with).map(Object::toString).toList());
  }

  static Step parse(String text) {
    List<String> words = List.of(text.strip().split(" +", -1));
    Verb verb = Verb.valueOf(words.get(0).toUpperCase(Locale.ROOT).replace('-', '_'));
    return new Step(verb, words.subList(1, words.size()));
  }

  /** Several, as {@link #text} writes them. */
  static List<Step> parseAll(String text) {
    return Arrays.stream(text.split(";", -1))
        .filter(step -> !step.isBlank())
        .map(Step::parse)
        .toList();
  }

  static String text(List<Step> steps) {
    return steps.stream().map(Step::toString).collect(Collectors.joining("; "));
  }

  /** A life of a catalogue and its index, most of it nights. */
  static List<Step> random(Random random, int length) {
    List<Step> steps = new ArrayList<>();
    steps.add(of(Verb.NIGHT));
    while (steps.size() < length) {
      int dice = random.nextInt(20);
      if (dice < 11) {
        steps.add(of(pick(random, CHANGES), 1 + random.nextInt(3), random.nextInt(1000)));
        if (random.nextInt(4) > 0) {
          steps.add(command(random, Verb.NIGHT));
        }
      } else if (dice < 18) {
        steps.add(command(random, pick(random, COMMANDS)));
      } else {
        steps.add(parse("set " + pick(random, SETTINGS)));
      }
    }
    return steps;
  }

  private static Step command(Random random, Verb verb) {
    if (random.nextInt(5) > 0) {
      return of(verb);
    }
    List<String> points = verb.isTraining() && random.nextBoolean() ? TRAINED : verb.points();
    String point = pick(random, points);
    return random.nextBoolean() ? of(verb, point) : of(verb, point, random.nextInt(2));
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  int number(int at) {
    return Integer.parseInt(with.get(at));
  }

  @Override
  public String toString() {
    String word = verb.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return with.isEmpty() ? word : word + " " + String.join(" ", with);
  }
}
