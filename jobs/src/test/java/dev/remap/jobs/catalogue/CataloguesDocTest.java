package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/catalogues.md says is so. */
class CataloguesDocTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("```(csv|jsonl)\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("^bin/remap .*$", Pattern.MULTILINE);
  private static final Pattern SET = Pattern.compile("--set (\\S+)=(\\S+)");

  @TempDir private Path folder;

  private static String text() throws IOException {
    return Files.readString(Path.of("../docs/catalogues.md"));
  }

  @Test
  void everyExampleListsWhatStandsBelowIt() throws IOException {
    List<MatchResult> examples = EXAMPLE.matcher(text()).results().toList();
    assertThat(examples).hasSize(3);
    for (MatchResult example : examples) {
      Path file = Files.writeString(folder.resolve("t." + example.group(1)), example.group(2));
      TableFormat format =
          example.group(1).equals("csv") ? TableFormat.CSV : TableFormat.JSON_LINES;
      ListedImage listed = new ListedImage("t", file.toString(), "1@1", Files.size(file));
      List<String> rows = new ArrayList<>();
      try (TableRows read =
          TableRows.of(
              file.toString(),
              format.format(),
              () -> format.open(listed, TableColumns.KNOWN, new Configuration(false)))) {
        read.forEachRemaining(row -> rows.add(row.imageId() + " " + row.uri()));
      }

      assertThat(rows).containsExactlyElementsOf(example.group(3).lines().toList());
    }
  }

  @Test
  void everyCommandIsUnderstood() throws IOException {
    List<String> commands = COMMAND.matcher(text()).results().map(MatchResult::group).toList();
    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      Map<String, String> settings = new TreeMap<>();
      settings.put("catalogue.uri", command.replaceAll(".*--catalogue (\\S+).*", "$1"));
      SET.matcher(command).results().forEach(set -> settings.put(set.group(1), set.group(2)));

      assertThat(Catalogues.of(Settings.load(null, settings)))
          .as(command)
          .isInstanceOfSatisfying(
              TableCatalogue.class, table -> assertThat(table.columns().areNamed()).isTrue());
    }
  }

  @Test
  void theTableOfColumnsNamesAllThatAreKnown() throws IOException {
    for (TableColumns.Role role : List.of(TableColumns.ID, TableColumns.URI, TableColumns.IMAGE)) {
      assertThat(text())
          .contains("`catalogue.columns." + role.setting() + "`")
          .contains(quoted(role.own(), " or ") + "; else one of " + quoted(role.others(), ", "));
    }
  }

  private static String quoted(List<String> names, String between) {
    return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(between));
  }
}
