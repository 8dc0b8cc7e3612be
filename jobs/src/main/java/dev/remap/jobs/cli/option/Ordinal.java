package dev.remap.jobs.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The number of a snapshot or a generation: from 1, and of at most the eight digits of its name.
 */
public final class Ordinal implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    if (!value.matches("0*[1-9]\\d{0,7}")) {
      throw new TypeConversionException("'" + value + "' is no number from 1 to 99999999");
    }
    return Integer.valueOf(value);
  }
}
