"""The schema of pprof profiles, as message classes of the protobuf runtime.

Source: google/pprof, proto/profile.proto at commit 00fe71aa6a17 (Apache-2.0), package `perftools.profiles`. Names and
numbers of the fields are the published ones; `Breakdown` and `LabelSet`, which Go's runtime never writes, are left out:
the runtime of protobuf passes over fields it does not know.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "perftools.profiles"
_MANY = "*"
_MESSAGES: dict[str, str] = {
    "ValueType": "1 type int64, 2 unit int64",
    "Label": "1 key int64, 2 str int64, 3 num int64, 4 num_unit int64",
    "Sample": "1 location_id *uint64, 2 value *int64, 3 label *Label",
    "Mapping": "1 id uint64, 2 memory_start uint64, 3 memory_limit uint64, 4 file_offset uint64, 5 filename int64, "
    "6 build_id int64, 7 has_functions bool, 8 has_filenames bool, 9 has_line_numbers bool, 10 has_inline_frames bool",
    "Line": "1 function_id uint64, 2 line int64",
    "Location": "1 id uint64, 2 mapping_id uint64, 3 address uint64, 4 line *Line, 5 is_folded bool",
    "Function": "1 id uint64, 2 name int64, 3 system_name int64, 4 filename int64, 5 start_line int64",
    "Profile": "1 sample_type *ValueType, 2 sample *Sample, 3 mapping *Mapping, 4 location *Location, "
    "5 function *Function, 6 string_table *string, 7 drop_frames int64, 8 keep_frames int64, 9 time_nanos int64, "
    "10 duration_nanos int64, 11 period_type ValueType, 12 period int64, 13 comment *int64, "
    "14 default_sample_type int64",
}
"""Message: its fields as `number name type`; a star before the type says `repeated`."""

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "int64": _Field.TYPE_INT64,
    "uint64": _Field.TYPE_UINT64,
    "bool": _Field.TYPE_BOOL,
    "string": _Field.TYPE_STRING,
}


def new_profile() -> Any:
    """An empty `perftools.profiles.Profile`."""
    return _PROFILE()


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for text in fields.split(", "):
            _add_field(message, *text.split())
    return file


def _add_field(message: descriptor_pb2.DescriptorProto, number: str, name: str, kind: str) -> None:
    label = _Field.LABEL_REPEATED if kind.startswith(_MANY) else _Field.LABEL_OPTIONAL
    kind = kind.removeprefix(_MANY)
    field = message.field.add(name=name, number=int(number), label=label)
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"


def _profile_class() -> Any:
    """The class, from a pool of its own: another reader of profiles in the same process may have the same names."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Profile"))


_PROFILE = _profile_class()
