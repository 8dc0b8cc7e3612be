package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Reads every file that counts, and names what is damaged, missing or contradictory.",
      ""
    },
    footer = {"", "Exit status: 0 all is well, 1 something is not, 2 wrong usage or input."})
final class VerifyCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--repair",
      description =
          "Writes again what the store itself still knows, and removes what it does not, so that"
              + " running the named commands again makes it.")
  private boolean repair;

  @Override
  public Integer call() {
    try (JobContext context = common.openAny("verify")) {
      StoreCheck.Mode mode = repair ? StoreCheck.Mode.REPAIR : StoreCheck.Mode.LOOK;
      return new StoreCheck(context, mode).execute() ? 0 : 1;
    }
  }
}
