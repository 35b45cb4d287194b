import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FsShell;
import org.apache.hadoop.util.ToolRunner;

/**
 * Hadoop's FsShell, many commands in one JVM.
 *
 * <p>Reads commands from standard input and writes their results to standard output, until the
 * input ends. All numbers are 4 bytes, most significant first; texts are a length and UTF-8.
 *
 * <pre>
 * command   what it finds on its input (a text), count of arguments, each a text
 * result    exit status, what it printed (a text), its errors (a text)
 * </pre>
 *
 * <p>The file system comes from the core-site.xml on the class path, as with the real command.
 */
public final class FsShellBatch {
  private FsShellBatch() {}

  public static void main(String[] args) throws IOException {
    DataInputStream commands = new DataInputStream(System.in);
    DataOutputStream results = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
    PrintStream out = System.out;
    PrintStream err = System.err;
    while (true) {
      byte[] input = readInput(commands);
      if (input == null) return;
      String[] command = readArguments(commands);
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
      System.setIn(new ByteArrayInputStream(input));
      int status = run(command);
      System.out.flush();
      System.err.flush();
      System.setOut(out);
      System.setErr(err);
      results.writeInt(status);
      write(results, printed.toByteArray());
      write(results, errors.toByteArray());
      results.flush();
    }
  }

  /** What the next command finds on its standard input; null when there is no next command. */
  private static byte[] readInput(DataInputStream commands) throws IOException {
    int length;
    try {
      length = commands.readInt();
    } catch (EOFException end) {
      return null;
    }
    return commands.readNBytes(length);
  }

  private static String[] readArguments(DataInputStream commands) throws IOException {
    String[] arguments = new String[commands.readInt()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = new String(commands.readNBytes(commands.readInt()), StandardCharsets.UTF_8);
    }
    return arguments;
  }

  private static void write(DataOutputStream results, byte[] text) throws IOException {
    results.writeInt(text.length);
    results.write(text);
  }

  /** What FsShell.main does, without the end of the process. */
  private static int run(String[] command) {
    Configuration configuration = new Configuration();
    FsShell shell = new FsShell(configuration);
    try {
      return ToolRunner.run(configuration, shell, command) & 0xff;
    } catch (Exception failure) {
      failure.printStackTrace();
      return 255;
    }
  }
}
