package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.Settings;

/** What is done with links that lead out of a catalogue's folder. */
public enum OutsideLinks {
  LEFT_OUT,
  FOLLOWED;

  static final String SETTING = "catalogue.follow-outside-links";

  public static OutsideLinks of(Settings settings) {
    return settings.flag(SETTING) ? FOLLOWED : LEFT_OUT;
  }
}
