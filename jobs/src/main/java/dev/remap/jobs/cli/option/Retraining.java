package dev.remap.jobs.cli.option;

import dev.remap.jobs.night.Reindex.Training;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a night trains: the words for it. */
public final class Retraining implements ITypeConverter<Training>, Iterable<String> {
  /** What the option without a value stands for. */
  public static final String COLD = "cold";

  private static final String WARM = "warm";

  @Override
  public Iterator<String> iterator() {
    return List.of(COLD, WARM).iterator();
  }

  @Override
  public Training convert(String value) {
    return switch (value) {
      case COLD -> Training.ANEW;
      case WARM -> Training.WARM;
      default ->
          throw new TypeConversionException(
              "'%s' is neither %s nor %s".formatted(value, COLD, WARM));
    };
  }
}
