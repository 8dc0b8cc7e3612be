package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "settings",
    description = {
      "Shows every setting as a command would have it now, and who says so.",
      "From: default (conf/remap.conf), store (what it remembers), a file (--config, --profile), "
          + "environment (a variable that a file names), --set, or flag (an option of its own).",
      ""
    })
final class SettingsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--changed", description = "Only those that are not as conf/remap.conf has them.")
  private boolean changed;

  @Override
  public Integer call() {
    Settings said = common.settings();
    if (said.string("store").isBlank()) {
      said.check();
      print(said);
      return 0;
    }
    try (JobContext context = common.openSaying("settings")) {
      print(context.settings());
      return 0;
    }
  }

  private void print(Settings settings) {
    Console console = new Console(System.out);
    var origins = settings.origins();
    var shown = Json.object();
    List<List<String>> rows = new ArrayList<>(List.of(List.of("setting", "from", "value")));
    settings
        .texts()
        .forEach(
            (key, value) -> {
              if (!changed || !settings.isDefault(key)) {
                String from = origins.get(key);
                rows.add(List.of(key, from, value.isEmpty() ? "(empty)" : value));
                shown.putObject(key).put("value", value).put("from", from);
              }
            });
    if (common.json()) {
      console.json(shown.toPrettyString());
    } else {
      console.table(rows);
    }
  }
}
